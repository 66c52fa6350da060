package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.allocators.CmaArea;
import io.dmaheap.allocators.Occupancy;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryRegion;
import java.util.Optional;

/**
 * The DMA memory of the TEE device, which all its lent pools share: a place is found as {@code dma_alloc_pages()} finds one in the
 * device's CMA area. Safe for use by several threads.
 */
final class LendablePages {
    private final MemoryRegion region;
    private final int pageSize;
    /** Guarded by this. */
    private final CmaArea area;

    LendablePages(MemoryRegion region, int pageSize) {
        this.region = region;
        this.pageSize = pageSize;
        this.area = new CmaArea(new Range(region.base() / pageSize, region.size() / pageSize));
    }

    /** Where the pages are. */
    MemoryRegion region() {
        return region;
    }

    /**
     * Lends contiguous pages.
     *
     * @param alignment bytes, a power of two, of the first address
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}
     */
    synchronized LentRange lend(String heap, long size, long alignment) {
        return area.allocate(Math.ceilDiv(size, pageSize), pages -> lendPlace(pages, alignment))
                .orElseThrow(() -> noRoom(heap, size, alignment));
    }

    private Optional<LentRange> lendPlace(Range pages, long alignment) {
        if (pages.start() * pageSize % alignment != 0) {
            return Optional.empty();
        }
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

    private HeapException noRoom(String heap, long size, long alignment) {
        Occupancy pages = area.occupancy();
        return HeapException.of(
                        ErrorCode.OUT_OF_MEMORY,
                        "no contiguous %d bytes to lend in the region %s: %d are free, the largest free run has %d; the firmware wants multiples of %d"
                                .formatted(
                                        size,
                                        region.name(),
                                        pages.free() * pageSize,
                                        pages.largestFree() * pageSize,
                                        alignment))
                .heap(heap)
                .operation("lend")
                .errno("ENOMEM")
                .hint("Pages in it may be pinned: try again later, or close buffers of other heaps on it")
                .build();
    }
}
