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

    /** {@code CMA_MAX_NAME} less the final zero. */
    private static final int MAX_NAME = 63;

    private RegionRules() {}

    /**
     * Adds what is wrong with the flags and name of a region.
     *
     * @return whether there can be a region all the same
     */
    static boolean check(Node node, Findings findings) {
        boolean noMap = node.has("no-map");
        boolean reusable = node.has("reusable");
        boolean contradicts = noMap && reusable;
        if (contradicts) {
            findings.add(Kind.CONFLICT, node, "reusable and no-map exclude each other", "Drop one of the two");
        }
        if (isCma(node) && node.name().length() > MAX_NAME) {
            findings.add(
                    Kind.NAME_TOO_LONG,
                    node,
                    "the name has more than 63 characters, so the kernel cuts it",
                    "Shorten it");
        }
        if (node.has(CMA_DEFAULT) && !isCma(node)) {
            findings.add(
                    Kind.CONFLICT,
                    node,
                    CMA_DEFAULT + " on a region that is no CMA area",
                    "Make it a reusable " + SHARED_POOL);
        }
        int before = findings.count();
        if (is(node, BOUNCE_POOL) && (noMap || reusable)) {
            findings.add(Kind.CONFLICT, node, "the kernel copies through a " + BOUNCE_POOL, "Drop no-map and reusable");
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
        // Other regions the kernel sets aside all the same.
        return findings.count() == before && !(contradicts && is(node, MEDIATEK));
    }

    /** What base and size must be multiples of: any byte, where the region is only set aside. */
    static long alignment(Node node) {
        if (isOfKernel(node)) {
            return Region.PAGEBLOCK;
        }
        return isFirmwareKnown(node) ? Region.PAGE : 1;
    }

    /** Whether the kernel uses the memory of a region as long as its owner does not. */
    static boolean isOfKernel(Node node) {
        return isCma(node) || is(node, MEDIATEK) && node.has("reusable");
    }

    static Region region(Node node, Placement placement) {
        if (isCma(node)) {
            return new Region.Cma(placement, node.has(CMA_DEFAULT));
        }
        if (is(node, SHARED_POOL) && !node.has("reusable")) {
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
                .orElseGet(() -> new Region.Carveout(
                        placement, node.compatible().stream().findFirst().orElse("")));
    }

    private static boolean isCma(Node node) {
        return is(node, SHARED_POOL) && node.has("reusable") && !node.has("no-map");
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
