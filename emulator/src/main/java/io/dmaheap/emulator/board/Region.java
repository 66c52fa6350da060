package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;

/** A child of {@code /reserved-memory}, by what it is for. Which kind it is, its {@code compatible} and its flags decide. */
public sealed interface Region {
    /** The unit of memory management: bases and sizes are multiples of it. In bytes. */
    long PAGE = 4096;

    /** What base and size of a CMA area are multiples of, with 4 KiB pages ({@code CMA_MIN_ALIGNMENT_BYTES}). In bytes. */
    long PAGEBLOCK = 2L << 20;

    /** Where it lies. */
    Placement placement();

    /** The name of the node with its unit address. */
    default String name() {
        return placement().name();
    }

    /** The physical addresses. */
    default AddressRange range() {
        return placement().range();
    }

    /**
     * {@code shared-dma-pool} with {@code reusable}: lent to the kernel when idle, contiguous when taken.
     *
     * @param placement where it lies
     * @param isDefault whether devices without a region of their own use it ({@code linux,cma-default})
     */
    record Cma(Placement placement, boolean isDefault) implements Region {}

    /**
     * {@code shared-dma-pool} without {@code reusable}: a device's own pool of coherent memory.
     *
     * @param placement where it lies
     */
    record CoherentPool(Placement placement) implements Region {}

    /**
     * {@code restricted-dma-pool}: the only memory that its devices reach; the kernel copies through it (swiotlb).
     *
     * @param placement where it lies
     */
    record BouncePool(Placement placement) implements Region {}

    /**
     * {@code mediatek,dynamic-restricted-region}: memory of MediaTek's secure world. {@code reusable}: taken from the kernel while
     * there are buffers; {@code no-map}: the secure world's for good.
     *
     * @param placement where it lies
     */
    record MediatekPool(Placement placement) implements Region {
        /** The binding's {@code compatible}, as of the fourth version of the kernel series. */
        public static final String COMPATIBLE = "mediatek,dynamic-restricted-region";

        /** Whether the secure world has it only while there are buffers. */
        public boolean isLent() {
            return placement.reusable();
        }
    }

    /**
     * {@code linaro,restricted-heap} (2024) or {@code linaro,secure-heap} (2022): a protected carveout that the normal world divides.
     *
     * @param placement where it lies
     * @param compatible which of the two it is
     */
    record LinaroPool(Placement placement, String compatible) implements Region {
        /** What Linaro's heap is called: the node's name without the unit address. */
        public String heapName() {
            int at = name().indexOf('@');
            return at < 0 ? name() : name().substring(0, at);
        }
    }

    /**
     * Anything else: memory set aside for one purpose, such as firmware.
     *
     * @param placement where it lies
     * @param compatible the first of the node's own, by which a vendor finds it; empty if it has none
     */
    record Carveout(Placement placement, String compatible) implements Region {}
}
