package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.Cells;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one region after another and finds their places. */
final class RegionReader {
    /** Of one region. Real ones have one or two; without a bound a hostile tree could make us compare millions. */
    static final int MAX_RANGES = 16;

    private final Cells cells;
    private final MemoryMap map;
    private final Findings findings;
    private final Map<String, Region> regions = new HashMap<>();
    private boolean hasDefault;

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
        ranges.forEach(map::withhold);
        if (ranges.isEmpty()) {
            findings.add(Kind.BAD_VALUE, node, "reg is empty", "Give an address and a size");
            return;
        }
        boolean sound = RegionRules.check(node, findings);
        for (var range : ranges) {
            sound &= isFree(node, range);
        }
        if (sound) {
            ranges.forEach(range -> map.claim(range, node.path()));
            // The kernel sets all of them aside but tells a driver of the first only.
            add(node, ranges.getFirst(), RegionRules.alignment(node), false);
        }
    }

    private List<AddressRange> ranges(Node node, String property) {
        var ranges = node.property(property).map(p -> p.ranges(cells)).orElse(List.of());
        if (ranges.size() > MAX_RANGES) {
            findings.add(
                    Kind.TOO_MANY,
                    node,
                    property + " has " + ranges.size() + " ranges",
                    "Only the first " + MAX_RANGES + " are used");
        }
        return ranges.stream().limit(MAX_RANGES).toList();
    }

    private boolean isFree(Node node, AddressRange range) {
        long alignment = RegionRules.alignment(node);
        if (range.size() == 0) {
            findings.add(Kind.BAD_VALUE, node, "the size is zero", "Give a size in bytes");
            return false;
        }
        if (!range.isAlignedTo(alignment)) {
            findings.add(
                    Kind.MISALIGNED,
                    node,
                    "base or size of " + range + " is no multiple of 0x%x".formatted(alignment),
                    "Move or resize the region; a CMA area consists of whole page blocks");
            return false;
        }
        if (!map.hasMemory(range)) {
            findings.add(
                    Kind.OUTSIDE_MEMORY, node, range + " is not all memory", "Compare with reg of the memory nodes");
            return false;
        }
        var owner = map.owner(range);
        owner.ifPresent(claim -> findings.add(
                Kind.OVERLAP,
                node,
                range + " overlaps " + claim.range() + " of " + claim.path() + clash(node, claim.path()),
                "Move one of the two; the one that comes first was kept"));
        return owner.isEmpty();
    }

    /** The worst of overlaps: the kernel would put its own data where it must not reach. */
    private String clash(Node node, String other) {
        boolean reusable =
                regions.get(other) != null && regions.get(other).placement().reusable();
        return reusable && node.has("no-map") ? ", which the kernel uses, but this region must not be mapped" : "";
    }

    /** A region that says only how large it is. */
    void readDynamic(Node node) {
        if (!RegionRules.check(node, findings)) {
            return;
        }
        long size = node.property("size").map(Property::number).orElse(0L);
        long asked = node.property("alignment").map(Property::number).orElse(0L);
        if (size <= 0) {
            findings.add(
                    Kind.MISSING_PROPERTY, node, "neither reg nor a size", "Say where the region is, or how large");
            return;
        }
        if (asked < 0 || Long.bitCount(asked) > 1) {
            findings.add(
                    Kind.BAD_VALUE, node, "the alignment is no power of two", "Use a power of two, or leave it out");
            return;
        }
        // The kernel is content with a cache line where nothing is asked; here memory is made of pages.
        long alignment = Math.max(asked, RegionRules.alignment(node));
        if (size % RegionRules.alignment(node) != 0) {
            findings.add(
                    Kind.MISALIGNED,
                    node,
                    "the size 0x%x is no multiple of 0x%x".formatted(size, RegionRules.alignment(node)),
                    "Round it up");
            return;
        }
        var base = !node.has("alloc-ranges")
                ? map.place(size, alignment)
                : ranges(node, "alloc-ranges").stream()
                        .flatMapToLong(range -> map.place(size, alignment, range).stream())
                        .findFirst();
        base.ifPresentOrElse(
                address -> {
                    var range = new AddressRange(address, size);
                    map.claim(range, node.path());
                    add(node, range, alignment, true);
                },
                () -> findings.add(
                        Kind.NO_ROOM,
                        node,
                        "no free place for 0x%x bytes aligned to 0x%x".formatted(size, alignment),
                        "Make the region smaller, or alloc-ranges wider"));
    }

    private void add(Node node, AddressRange range, long alignment, boolean dynamic) {
        var placement = new Placement(
                node.name(), node.path(), range, alignment, dynamic, node.has("no-map"), node.has("reusable"));
        boolean isDefault = node.has(RegionRules.CMA_DEFAULT);
        if (isDefault && hasDefault) {
            findings.add(
                    Kind.DUPLICATE,
                    node,
                    "there is a default CMA region already",
                    "Keep one " + RegionRules.CMA_DEFAULT);
        }
        regions.put(node.path(), RegionRules.region(node, placement, isDefault && !hasDefault));
        hasDefault |= isDefault;
    }
}
