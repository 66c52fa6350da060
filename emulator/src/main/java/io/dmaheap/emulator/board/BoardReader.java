package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.DeviceTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Reads a tree in the order in which each step needs the one before: memory, regions, who refers to them. */
final class BoardReader {
    /** {@code CMA_MAX_NAME} less the final zero. */
    private static final int MAX_NAME = 63;

    private final DeviceTree tree;
    private final BootMemory found;
    private final Findings findings = new Findings();

    /**
     * A reader.
     *
     * @param found the memory that the boot loader finds
     */
    BoardReader(DeviceTree tree, BootMemory found) {
        this.tree = tree;
        this.found = found;
    }

    Board read() {
        var root = tree.root();
        String model = findings.read(
                root, () -> root.property("model").map(p -> p.text()).orElse("unnamed board"), "unnamed board");
        var nodes = new MemoryNodes(tree, findings);
        var described = found.banks().isEmpty() ? nodes.banks() : MemoryNodes.merged(found.banks());
        boolean assumed = described.isEmpty();
        var memory = assumed ? new AssumedMemory(tree, findings).banks(nodes, found.size()) : described;
        var map = new MemoryMap(memory, tree.reservations());
        var reserved = new ReservedMemory(tree, map, findings).read();
        var references = new RegionReferences(reserved, tree, findings);
        var consumers = new Consumers(references, findings);
        consumers.read(root);
        return new Board(
                model,
                memory,
                assumed,
                map.free(),
                List.copyOf(reserved.values()),
                heaps(reserved.values(), consumers.declaredHeaps()),
                consumers.devices(),
                consumers.optee(),
                findings.problems());
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
                heaps.add(new CmaHeap(cut(area.name()), area, declared.getOrDefault(node, node)));
            }
        }
        return heaps;
    }

    private static String cut(String name) {
        return name.substring(0, Math.min(name.length(), MAX_NAME));
    }
}
