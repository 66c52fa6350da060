package io.dmaheap.spi;

import io.dmaheap.AllocationRequest;
import io.dmaheap.PublicApi;

/**
 * A range of physical memory that the machine's description sets aside. The platform owns its bytes; a plugin decides what lies
 * where, with an allocator of its own. Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface MemoryRegion {

    /** The name of its node, such as {@code video@68000000}. */
    String name();

    /** What it is for. */
    Kind kind();

    /** The physical address of its first byte. */
    long base();

    /** Bytes. */
    long size();

    /** The {@code compatible} string that tells whose it is, empty for plain kinds. */
    String compatible();

    /** Whether this is the default region of its kind ({@code linux,cma-default}). */
    default boolean isDefault() {
        return false;
    }

    /**
     * Takes pages of the region as zeroed memory.
     *
     * @param offset bytes from {@link #base()}, page-aligned
     * @param request whose size is the length, a multiple of the page size
     * @return the memory; releasing it gives the pages back
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#OUT_OF_MEMORY} with {@code EBUSY} if a page in the range cannot be
     *     moved out of the way now: another range may do
     * @throws IllegalArgumentException if the range overlaps memory already taken, or leaves the region
     */
    Memory take(long offset, AllocationRequest request);

    /** The kinds of regions (Documentation/devicetree/bindings/reserved-memory). New ones may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    enum Kind {
        /** {@code shared-dma-pool} with {@code reusable}: contiguous, lent to movable pages when idle. */
        CMA,
        /** A contiguous region that a {@code linux,cma} node makes a heap of its own. */
        STANDALONE_CMA,
        /** {@code shared-dma-pool} without {@code reusable}: for coherent allocations of its devices. */
        COHERENT,
        /** {@code restricted-dma-pool}: bounce buffers. */
        BOUNCE,
        /** {@code no-map}, or a vendor's: a fixed range that the CPU leaves alone. */
        CARVEOUT
    }
}
