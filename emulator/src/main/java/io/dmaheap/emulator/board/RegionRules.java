package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.Node;
import java.util.List;

/** What kind of region a node is, and what its binding demands. */
final class RegionRules {
    static final String CMA_DEFAULT = "linux,cma-default";

    private static final String SHARED_POOL = "shared-dma-pool";
    private static final String BOUNCE_POOL = "restricted-dma-pool";
    private static final String MEDIATEK = Region.MediatekPool.COMPATIBLE;
    private static final List<String> LINARO = List.of("linaro,restricted-heap", "linaro,secure-heap");

    /** {@code CMA_MAX_NAME} less the final zero; a heap name is bounded alike. */
    private static final int MAX_NAME = 63;

    private RegionRules() {}

    /** Adds what is wrong with the flags and name of a region; false if anything is. */
    static boolean check(Node node, Findings findings) {
        int before = findings.count();
        boolean noMap = node.has("no-map");
        boolean reusable = node.has("reusable");
        if (node.name().length() > MAX_NAME) {
            findings.add(
                    Kind.NAME_TOO_LONG,
                    node,
                    "the name has more than 63 characters",
                    "The kernel would cut it; shorten it");
        }
        if (noMap && reusable) {
            findings.add(Kind.CONFLICT, node, "reusable and no-map exclude each other", "Drop one of the two");
        }
        if (is(node, BOUNCE_POOL) && (noMap || reusable)) {
            findings.add(Kind.CONFLICT, node, "the kernel copies through a " + BOUNCE_POOL, "Drop no-map and reusable");
        }
        if (node.has(CMA_DEFAULT) && !isCma(node)) {
            findings.add(
                    Kind.CONFLICT,
                    node,
                    CMA_DEFAULT + " on a region that is no CMA area",
                    "Make it a reusable " + SHARED_POOL);
        }
        if (isFirmwareKnown(node) && !node.has("reg")) {
            findings.add(
                    Kind.MISSING_PROPERTY,
                    node,
                    "no reg, but the firmware must know the same place",
                    "Give an address and a size");
        }
        if (isLinaro(node) && !noMap) {
            findings.add(Kind.MISSING_PROPERTY, node, "a protected carveout without no-map", "Add no-map;");
        }
        if (is(node, MEDIATEK) && !noMap && !reusable) {
            findings.add(
                    Kind.MISSING_PROPERTY,
                    node,
                    "neither reusable nor no-map",
                    "Add reusable; to lend it, no-map; to give it away");
        }
        return findings.count() == before;
    }

    /** What base and size must be multiples of. */
    static long alignment(Node node) {
        boolean backedByCma = isCma(node) || is(node, MEDIATEK) && node.has("reusable");
        return backedByCma ? Region.PAGEBLOCK : Region.PAGE;
    }

    static Region region(Node node, Placement placement, boolean isDefault) {
        if (isCma(node)) {
            return new Region.Cma(placement, isDefault);
        }
        if (is(node, SHARED_POOL)) {
            return new Region.CoherentPool(placement);
        }
        if (is(node, BOUNCE_POOL)) {
            return new Region.BouncePool(placement);
        }
        if (is(node, MEDIATEK)) {
            return new Region.MediatekPool(placement);
        }
        return node.compatible().stream()
                .filter(LINARO::contains)
                .findFirst()
                .<Region>map(compatible -> new Region.LinaroPool(placement, compatible))
                .orElseGet(() -> new Region.Carveout(placement));
    }

    private static boolean isCma(Node node) {
        return is(node, SHARED_POOL) && node.has("reusable");
    }

    private static boolean isLinaro(Node node) {
        return node.compatible().stream().anyMatch(LINARO::contains);
    }

    private static boolean isFirmwareKnown(Node node) {
        return isLinaro(node) || is(node, MEDIATEK);
    }

    private static boolean is(Node node, String compatible) {
        return node.compatible().contains(compatible);
    }
}
