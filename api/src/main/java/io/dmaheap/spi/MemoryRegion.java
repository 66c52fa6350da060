package io.dmaheap.spi;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A range of physical memory that the machine's description sets aside. The platform owns its bytes; a plugin decides what lies
 * where, with an allocator of its own. A region has one owner: the plugin whose heap {@linkplain HeapSpec#regions names} it, or else the
 * first that takes or lends memory of it. Safe for use by several threads.
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

    /** Where it is. */
    default PhysicalRange range() {
        return new PhysicalRange(base(), size());
    }

    /** The {@code compatible} string of its node that tells whose it is; empty for CMA areas and device pools, and where it has none. */
    String compatible();

    /**
     * A property of its node, such as a vendor's own: the bytes as the device tree has them, numbers in big-endian cells of four bytes and
     * strings with a zero byte after each.
     *
     * @param property its name
     * @return a read-only view of the bytes, which may be none; empty if the node has no such property, or the platform knows no node
     */
    default Optional<ByteBuffer> property(String property) {
        return Optional.empty();
    }

    /** Whether this is the default region of its kind ({@code linux,cma-default}). */
    default boolean isDefault() {
        return false;
    }

    /** Whether the CPU must never map it ({@code no-map}). */
    default boolean isNoMap() {
        return false;
    }

    /**
     * Whether the machine's description sets it aside for protected memory: the firmware or a device's {@code protected-heap-name}
     * refers to it. Then nobody gives it out as ordinary memory.
     */
    default boolean isForProtection() {
        return false;
    }

    /**
     * Takes pages of the region. What the CPU may map is zeroed. A {@code no-map} region is not: the pages are as their last owner
     * left them.
     *
     * @param offset bytes from {@link #base()}, page-aligned
     * @param request whose size is the length, a multiple of the page size
     * @return the memory; releasing it gives the pages back
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} with {@code EBUSY} if a page in the range cannot be
     *     moved out of the way now, or is taken or lent already, by another heap on the same region or another version of the plugin as
     *     well: another range may do; {@link ErrorCode#INVALID_CONFIGURATION} with {@code EBUSY} if another plugin has the region
     * @throws IllegalArgumentException if the range leaves the region, or overlaps memory already taken of a {@code no-map} region
     */
    Memory take(long offset, AllocationRequest request);

    /**
     * Makes one memory of pages that the CPU cannot touch, as the secure world gave them out: of a {@code no-map} region, or of what
     * was {@linkplain #lend lent}. They are as their last owner left them.
     *
     * @param ranges in the order of the memory, page-aligned; together they have the size of the request
     * @return the memory; releasing it gives the ranges back
     * @throws HeapException with {@code EBUSY} as for {@link #take(long, AllocationRequest)}, if another plugin or version has it
     * @throws IllegalArgumentException if a range overlaps memory already taken, leaves the region, or is for the CPU to use
     */
    default Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
        throw unsupported(name(), "memory that the CPU cannot touch");
    }

    /**
     * Gives up pages of a region that the CPU may map, for the secure world or the firmware to protect.
     *
     * @param offset bytes from {@link #base()}, page-aligned
     * @param size bytes, page-aligned
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} with {@code EBUSY} as for {@link #take(long, AllocationRequest)}, or if the
     *     range overlaps pages that are lent: another range may do
     * @throws IllegalArgumentException if the range leaves the region, or was never for the CPU to use
     */
    default LentRange lend(long offset, long size) {
        throw unsupported(name(), "pages to lend to a secure world");
    }

    private static HeapException unsupported(String region, String what) {
        return HeapException.of(ErrorCode.UNSUPPORTED, "the region " + region + " has no " + what)
                .errno("EOPNOTSUPP")
                .build();
    }

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
