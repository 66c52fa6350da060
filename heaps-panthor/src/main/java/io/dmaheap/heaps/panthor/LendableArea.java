package io.dmaheap.heaps.panthor;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.allocators.CmaArea;
import io.dmaheap.allocators.Occupancy;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryRegion;
import java.util.Optional;

/**
 * A CMA region whose pages are lent, buffer by buffer, at the places where a CMA heap would put them (drivers/dma-buf/heaps/cma_heap.c).
 * Safe for use by several threads.
 */
final class LendableArea {
    private final MemoryRegion region;
    private final int pageSize;
    /** Guarded by this. */
    private final CmaArea area;

    LendableArea(MemoryRegion region, int pageSize) {
        this.region = region;
        this.pageSize = pageSize;
        this.area = new CmaArea(new Range(region.base() / pageSize, region.size() / pageSize));
    }

    MemoryRegion region() {
        return region;
    }

    /**
     * Lends contiguous pages.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}
     */
    synchronized LentRange lend(long size) {
        return area.allocate(size / pageSize, this::lendPlace).orElseThrow(() -> noRoom(size));
    }

    private Optional<LentRange> lendPlace(Range pages) {
        try {
            return Optional.of(region.lend(pages.start() * pageSize - region.base(), pages.size() * pageSize));
        } catch (HeapException e) {
            if (e.code() == ErrorCode.OUT_OF_MEMORY
                    && e.errno().filter("EBUSY"::equals).isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Takes the pages back.
     *
     * @throws HeapException if they cannot be; they stay taken then, and nobody is given them
     */
    synchronized void reclaim(LentRange lent) {
        lent.reclaim();
        area.release(lent.range().base() / pageSize, lent.range().size() / pageSize);
    }

    /** The bytes that nobody has. */
    synchronized long free() {
        return area.occupancy().free() * pageSize;
    }

    private HeapException noRoom(long size) {
        Occupancy pages = area.occupancy();
        String what =
                "no contiguous %d bytes in the region %s: of its %d bytes %d are free, the largest free run has %d"
                        .formatted(
                                size,
                                region.name(),
                                region.size(),
                                pages.free() * pageSize,
                                pages.largestFree() * pageSize);
        String hint = size > region.size()
                ? "The region is too small for this: enlarge it in the device tree"
                : "Close buffers; pages in it may also be pinned, or quarantined: see the problems";
        return HeapException.of(ErrorCode.OUT_OF_MEMORY, what)
                .heap(region.name())
                .operation("alloc")
                .errno("ENOMEM")
                .hint(hint)
                .build();
    }
}
