package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Reads a tree in the order in which each step needs the one before: memory, regions, who refers to them. */
final class BoardReader {
    /** As many ranges as the kernel has room for before it can allocate ({@code INIT_MEMBLOCK_REGIONS}). */
    private static final int MAX_MEMORY_RANGES = 128;

    private final DeviceTree tree;
    private final Findings findings = new Findings();

    BoardReader(DeviceTree tree) {
        this.tree = tree;
    }

    Board read() {
        var root = tree.root();
        String model = findings.read(
                root, () -> root.property("model").map(p -> p.text()).orElse("unnamed board"), "unnamed board");
        var memory = memory();
        var map = new MemoryMap(memory, tree.reservations());
        var reserved = new ReservedMemory(tree, map, findings).read();
        var references = new RegionReferences(reserved, tree, findings);
        var consumers = new Consumers(references, findings);
        consumers.read(root);
        return new Board(
                model,
                memory,
                map.free(),
                List.copyOf(reserved.values()),
                heaps(reserved.values(), consumers.declaredHeaps()),
                consumers.devices(),
                consumers.optee(),
                findings.problems());
    }

    /** Children of the root with {@code device_type = "memory"} (v0.4, 3.4). */
    private List<AddressRange> memory() {
        var ranges = new ArrayList<AddressRange>();
        for (var node : tree.root().children()) {
            if (findings.read(node, () -> isMemory(node), false)) {
                ranges.addAll(findings.read(node, () -> memoryOf(node), List.of()));
            }
        }
        // A boot loader that knows the size fills in what a blob leaves at zero; here nobody does.
        ranges.removeIf(range -> range.size() == 0);
        ranges.sort(Comparator.comparingLong(AddressRange::base));
        if (ranges.isEmpty()) {
            findings.add(
                    Kind.MISSING_PROPERTY,
                    tree.root(),
                    "the board has no memory",
                    "Add a node memory@… with device_type = \"memory\" and reg");
        }
        if (ranges.size() > MAX_MEMORY_RANGES) {
            findings.add(
                    Kind.TOO_MANY,
                    tree.root(),
                    ranges.size() + " ranges of memory",
                    "Only the first " + MAX_MEMORY_RANGES + " are used");
        }
        return withoutOverlap(ranges.stream().limit(MAX_MEMORY_RANGES).toList());
    }

    private static boolean isMemory(Node node) {
        return node.isEnabled()
                && node.property("device_type")
                        .filter(p -> p.text().equals("memory"))
                        .isPresent();
    }

    private List<AddressRange> memoryOf(Node node) {
        var reg = node.property("reg");
        if (reg.isEmpty()) {
            findings.add(
                    Kind.MISSING_PROPERTY, node, "this memory has no reg", "Say where it is: reg = <address size>");
            return List.of();
        }
        var ranges = new ArrayList<AddressRange>();
        for (var range : reg.get().ranges(tree.root().cells())) {
            if (range.isAlignedTo(Region.PAGE)) {
                ranges.add(range);
            } else {
                findings.add(
                        Kind.MISALIGNED,
                        node,
                        "the memory " + range + " is not made of pages",
                        "Use multiples of 4096");
            }
        }
        return ranges;
    }

    private List<AddressRange> withoutOverlap(List<AddressRange> sorted) {
        var kept = new ArrayList<AddressRange>();
        for (var range : sorted) {
            if (!kept.isEmpty() && kept.getLast().overlaps(range)) {
                findings.add(
                        Kind.OVERLAP,
                        tree.root(),
                        "the memory " + range + " is described twice",
                        "Keep one of the two");
            } else {
                kept.add(range);
            }
        }
        return kept;
    }

    /**
     * The order of {@code drivers/dma-buf/heaps/cma_heap.c}: first the default region under its fixed name, then each under its own,
     * the default again.
     */
    private static List<CmaHeap> heaps(Collection<Region> regions, Map<String, String> declared) {
        var heaps = new ArrayList<CmaHeap>();
        for (var region : regions) {
            if (region instanceof Region.Cma area) {
                String node = area.placement().path();
                if (area.isDefault()) {
                    heaps.addFirst(new CmaHeap(CmaHeap.DEFAULT_NAME, area, node));
                }
                heaps.add(new CmaHeap(area.name(), area, declared.getOrDefault(node, node)));
            }
        }
        return heaps;
    }
}
