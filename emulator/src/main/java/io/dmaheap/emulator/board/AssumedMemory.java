package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.Cells;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Memory for a board whose tree leaves it to the boot loader: from where the memory node says, or else from around the first region. If no
 * size is given, the banks are as large as boards of such trees commonly have it, with a bank more for each region that lies elsewhere.
 */
final class AssumedMemory {
    private static final long USUAL_SIZE = 4L << 30;
    private static final long USUAL_START = 0x4000_0000;
    /** What base and size of a bank are multiples of. */
    private static final long UNIT = 1L << 30;
    /** Above this nothing is assumed: a tree may say anything. */
    private static final long HIGHEST = 1L << 40;

    private final DeviceTree tree;
    private final Findings findings;
    private final Cells cells;
    private final List<Node> regions;

    AssumedMemory(DeviceTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
        this.cells = findings.read(tree.root(), () -> tree.root().cells(), Cells.DEFAULT);
        this.regions = tree.find(ReservedMemory.PATH)
                .map(parent -> parent.children().stream()
                        .filter(node -> findings.read(node, node::isEnabled, false))
                        .limit(ReservedMemory.MAX_DYNAMIC)
                        .toList())
                .orElse(List.of());
    }

    /** The banks, ascending. */
    List<AddressRange> banks(MemoryNodes nodes, OptionalLong size) {
        long start = nodes.start().orElseGet(this::startOfRegions);
        List<AddressRange> banks = new ArrayList<>();
        banks.add(new AddressRange(start, size.orElse(USUAL_SIZE)));
        if (size.isEmpty()) {
            regions.stream()
                    .flatMap(node -> findings.read(node, () -> fixed(node), List.<AddressRange>of()).stream())
                    .filter(range -> !isWithin(banks, range))
                    .forEach(range -> banks.add(around(range)));
            regions.forEach(node -> findings.attempt(node, () -> makeRoom(node, banks)));
        }
        return MemoryNodes.merged(banks);
    }

    private long startOfRegions() {
        return regions.stream()
                .flatMap(node -> findings
                        .read(
                                node,
                                () -> Stream.concat(fixed(node).stream(), open(node).stream())
                                        .toList(),
                                List.<AddressRange>of())
                        .stream())
                .mapToLong(range -> range.base() / UNIT * UNIT)
                .min()
                .orElse(USUAL_START);
    }

    /** Where a region lies that the kernel uses as memory, if it says so. */
    private List<AddressRange> fixed(Node node) {
        return node.has("no-map")
                ? List.of()
                : ranges(node, "reg").stream().limit(1).toList();
    }

    /** Where a region may be placed. */
    private List<AddressRange> open(Node node) {
        return node.has("reg")
                ? List.of()
                : ranges(node, "alloc-ranges").stream()
                        .limit(RegionReader.MAX_RANGES)
                        .toList();
    }

    private List<AddressRange> ranges(Node node, String property) {
        return node.property(property).map(p -> p.ranges(cells)).orElse(List.of()).stream()
                .filter(range -> range.end() <= HIGHEST)
                .toList();
    }

    private void makeRoom(Node node, List<AddressRange> banks) {
        List<AddressRange> allowed = open(node);
        long size = node.property("size").map(Property::number).orElse(0L);
        if (!allowed.isEmpty()
                && size > 0
                && size <= allowed.getFirst().size()
                && allowed.stream().noneMatch(range -> common(banks, range) >= size)) {
            banks.add(around(new AddressRange(allowed.getFirst().base(), size)));
        }
    }

    private static AddressRange around(AddressRange range) {
        long base = range.base() / UNIT * UNIT;
        return new AddressRange(base, Math.ceilDiv(range.end(), UNIT) * UNIT - base);
    }

    private static boolean isWithin(List<AddressRange> banks, AddressRange range) {
        return MemoryNodes.merged(banks).stream().anyMatch(bank -> bank.contains(range));
    }

    /** How many bytes of a range one bank has. */
    private static long common(List<AddressRange> banks, AddressRange range) {
        return MemoryNodes.merged(banks).stream()
                .mapToLong(bank -> Math.min(bank.end(), range.end()) - Math.max(bank.base(), range.base()))
                .max()
                .orElse(0);
    }
}
