package io.dmaheap.emulator.board;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.Cells;
import io.dmaheap.emulator.devicetree.Node;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads one region after another as drivers/of/of_reserved_mem.c does (linux 7.2), and finds their places. Regions with an address may
 * overlap, and may lie where no memory is: then the kernel reports that, or maps them when they are used.
 */
final class RegionReader {
    /** Of one region. Real ones have one or two; without a bound a hostile tree could make us compare millions. */
    static final int MAX_RANGES = 16;

    /** {@code SMP_CACHE_BYTES} of arm64: what a place is aligned to if nothing else is asked for. */
    private static final long CACHE_LINE = 64;

    private final Cells cells;
    private final MemoryMap map;
    private final Findings findings;
    private final Map<String, Region> regions = new HashMap<>();

    RegionReader(Cells cells, MemoryMap map, Findings findings) {
        this.cells = cells;
        this.map = map;
        this.findings = findings;
    }

    Optional<Region> region(Node node) {
        return Optional.ofNullable(regions.get(node.path()));
    }

    /** A region that says where it is. */
    void readStatic(Node node) {
        var ranges = ranges(node, "reg");
        if (ranges.isEmpty()) {
            findings.add(Kind.BAD_VALUE, node, "reg is empty", "Give an address and a size");
            return;
        }
        if (ranges.size() > 1) {
            findings.add(
                    Kind.TOO_MANY,
                    node,
                    "reg has " + ranges.size() + " entries, and the kernel uses only the first",
                    "Make a region of each");
        }
        var range = ranges.getFirst();
        if (range.size() == 0) {
            findings.add(
                    Kind.BAD_VALUE,
                    node,
                    "the kernel fails to reserve memory of size zero",
                    "Give a size in bytes, or disable the node as long as the boot loader does not fill it in");
        } else if (!RegionRules.check(node, findings)) {
            map.withhold(range);
        } else if (isFit(node, range)) {
            map.claim(range, node.path());
            add(node, range, RegionRules.alignment(node), false);
        }
    }

    private List<AddressRange> ranges(Node node, String property) {
        return node.property(property).map(p -> p.ranges(cells)).orElse(List.of());
    }

    /** Whether the range can be what the region is for. */
    private boolean isFit(Node node, AddressRange range) {
        long alignment = RegionRules.alignment(node);
        if (!range.isAlignedTo(alignment)) {
            findings.add(
                    Kind.MISALIGNED,
                    node,
                    "base or size of " + range + " is no multiple of 0x%x".formatted(alignment),
                    "Move or resize the region; a CMA area consists of whole page blocks");
            return false;
        }
        if (RegionRules.isOfKernel(node) && !map.hasMemory(range)) {
            findings.add(
                    Kind.OUTSIDE_MEMORY,
                    node,
                    range + " is not all memory, and a kernel dies of a CMA area without memory",
                    "Compare with reg of the memory nodes");
            return false;
        }
        return true;
    }

    /** A region that says only how large it is. */
    void readDynamic(Node node) {
        if (!RegionRules.check(node, findings)) {
            return;
        }
        long size = number(node, "size", cells.size());
        long asked = node.has("alignment") ? number(node, "alignment", cells.address()) : 0;
        if (asked < 0 || Long.bitCount(asked) > 1) {
            findings.add(
                    Kind.BAD_VALUE, node, "the alignment is no power of two", "Use a power of two, or leave it out");
            return;
        }
        if (size <= 0) {
            findings.add(Kind.BAD_VALUE, node, "the size is zero", "Give a size in bytes");
            return;
        }
        long unit = RegionRules.alignment(node);
        if (size % unit != 0) {
            findings.add(
                    Kind.MISALIGNED, node, "the size 0x%x is no multiple of 0x%x".formatted(size, unit), "Round it up");
            return;
        }
        long alignment = Math.max(asked, Math.max(unit, CACHE_LINE));
        place(node, size, alignment)
                .ifPresentOrElse(
                        address -> {
                            var range = new AddressRange(address, size);
                            map.claim(range, node.path());
                            add(node, range, alignment, true);
                        },
                        () -> findings.add(
                                Kind.NO_ROOM,
                                node,
                                "no free place for 0x%x bytes aligned to 0x%x".formatted(size, alignment),
                                "Make the region smaller or alloc-ranges wider; if the board has more memory than the tree says, give its"
                                        + " banks: platform.emulator.memory = 0x80000000+4G"));
    }

    private OptionalLong place(Node node, long size, long alignment) {
        var allowed = ranges(node, "alloc-ranges");
        if (allowed.isEmpty()) {
            return map.place(size, alignment);
        }
        if (allowed.size() > MAX_RANGES) {
            findings.add(
                    Kind.TOO_MANY,
                    node,
                    "alloc-ranges has " + allowed.size() + " ranges",
                    "Only the first " + MAX_RANGES + " are used");
        }
        return allowed.stream()
                .limit(MAX_RANGES)
                .flatMapToLong(range -> map.place(size, alignment, range).stream())
                .findFirst();
    }

    /** A number of exactly so many cells: the kernel takes no other. */
    private static long number(Node node, String name, int cells) {
        return node.property(name)
                .map(property -> property.rows(cells))
                .filter(rows -> rows.size() == 1)
                .map(rows -> rows.getFirst()[0])
                .orElseThrow(() -> HeapException.of(
                                ErrorCode.INVALID_CONFIGURATION,
                                "invalid " + name + " property: it is not one number of " + cells + " cells")
                        .build());
    }

    private void add(Node node, AddressRange range, long alignment, boolean dynamic) {
        var placement = new Placement(node, range, alignment, dynamic);
        regions.put(node.path(), RegionRules.region(node, placement));
    }

    /** Reports regions that overlap others, or a memory reservation of the tree. The kernel keeps all of them. */
    void reportOverlaps(List<Node> nodes, List<AddressRange> reservations) {
        Map<String, Node> byPath = new HashMap<>();
        nodes.forEach(node -> byPath.put(node.path(), node));
        var places = map.claims().stream()
                .filter(claim -> byPath.containsKey(claim.path()))
                .sorted(Comparator.comparingLong(
                                (MemoryMap.Claim claim) -> claim.range().base())
                        .thenComparingLong(claim -> claim.range().size()))
                .toList();
        for (int i = 0; i < places.size(); i++) {
            var place = places.get(i);
            var below = places.get(Math.max(i - 1, 0));
            if (i > 0 && below.range().overlaps(place.range())) {
                report(nodeOf(place, byPath), place, below.range() + " of " + below.path() + clash(below, place));
            }
            reservations.stream()
                    .filter(range -> isNoMap(place) && range.overlaps(place.range()))
                    .findFirst()
                    .ifPresent(range -> report(
                            nodeOf(place, byPath),
                            place,
                            "the memory reservation " + range + ", so the kernel fails to reserve it"));
        }
    }

    private static Node nodeOf(MemoryMap.Claim place, Map<String, Node> byPath) {
        return Objects.requireNonNull(byPath.get(place.path()), place.path());
    }

    private void report(Node node, MemoryMap.Claim place, String other) {
        findings.add(Kind.OVERLAP, node, place.range() + " overlaps " + other, "Move one of the two");
    }

    /** Of several default CMA regions the last that is made is the one, as in {@code rmem_cma_setup()} of kernel/dma/contiguous.c. */
    void keepLastDefault(List<Node> inOrder) {
        var defaults = inOrder.stream()
                .filter(node -> regions.get(node.path()) instanceof Region.Cma area && area.isDefault())
                .toList();
        for (int i = 0; i < defaults.size() - 1; i++) {
            var node = defaults.get(i);
            findings.add(
                    Kind.DUPLICATE,
                    node,
                    defaults.getLast().name() + " is the default CMA region, too, and comes after this one",
                    "Keep one " + RegionRules.CMA_DEFAULT);
            regions.put(node.path(), new Region.Cma(placement(node.path()), false));
        }
    }

    /** The worst of overlaps: the kernel would put its own data where it must not reach. */
    private String clash(MemoryMap.Claim one, MemoryMap.Claim other) {
        boolean clash = isReusable(one) && isNoMap(other) || isNoMap(one) && isReusable(other);
        return clash ? "; the kernel uses one of them, and must not map the other" : "";
    }

    private boolean isReusable(MemoryMap.Claim claim) {
        return placement(claim.path()).reusable();
    }

    private boolean isNoMap(MemoryMap.Claim claim) {
        return placement(claim.path()).noMap();
    }

    private Placement placement(String path) {
        return Objects.requireNonNull(regions.get(path), path).placement();
    }
}
