package io.dmaheap.emulator.board;

import java.util.Objects;

/**
 * A heap that the board's CMA regions make. Several may share one region, so their capacities do not add up.
 *
 * @param name the name of the heap
 * @param region the memory behind it
 * @param node the path of the {@code linux,cma} node that asks for the heap (Panthor series of 2025), else that of the region: the
 *     kernel has since given every region a heap (linux 6.17)
 */
public record CmaHeap(String name, Region.Cma region, String node) {
    /** What the kernel calls the heap of the default region, besides the region's own name (linux 6.17 and later). */
    public static final String DEFAULT_NAME = "default_cma_region";

    /** Checks that all parts are there. */
    public CmaHeap {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(node, "node");
    }

    /** Whether a {@code linux,cma} node asks for the heap. */
    public boolean isDeclared() {
        return !node.equals(region.placement().path());
    }
}
