package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.allocators.CmaArea;
import io.dmaheap.allocators.Migration;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryRegion;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The DMA memory of the TEE device, which all its lent pools share: a place is found as {@code dma_alloc_pages()} finds one in the
 * device's CMA area. Safe for use by several threads.
 */
final class LendablePages {
    private final MemoryRegion region;
    private final int pageSize;
    /** Guarded by this. */
    private final CmaArea area;
    /** What the search took last; guarded by this. */
    private @Nullable LentRange found;
    /** Guarded by this. */
    private long cookies;

    LendablePages(MemoryRegion region, int pageSize) {
        this.region = region;
        this.pageSize = pageSize;
        this.area = new CmaArea(
                List.of(new Range(region.base() / pageSize, region.size() / pageSize)),
                CmaArea.DEFAULT_ALIGNMENT_CAP,
                this::lendPlace);
    }

    /** Where the pages are. */
    MemoryRegion region() {
        return region;
    }

    /** A name for a loan, which no other has. */
    synchronized long cookie() {
        return ++cookies;
    }

    /**
     * Lends contiguous pages.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}
     */
    synchronized LentRange lend(String heap, long size) {
        OptionalLong frame = area.allocate(Math.ceilDiv(size, pageSize));
        if (frame.isEmpty()) {
            throw HeapException.of(
                            ErrorCode.OUT_OF_MEMORY,
                            "no contiguous %d bytes to lend in the region %s: %d are free, the largest free run has %d"
                                    .formatted(
                                            size,
                                            region.name(),
                                            area.occupancy().free() * pageSize,
                                            area.occupancy().largestFree() * pageSize))
                    .heap(heap)
                    .operation("lend")
                    .errno("ENOMEM")
                    .hint("Pages in it may be pinned: try again later, or close buffers of other protected heaps")
                    .build();
        }
        LentRange lent = Objects.requireNonNull(found, "nothing was lent");
        found = null;
        return lent;
    }

    private Migration.Outcome lendPlace(Range pages) {
        try {
            found = region.lend(pages.start() * pageSize - region.base(), pages.size() * pageSize);
            return Migration.Outcome.MOVED;
        } catch (HeapException e) {
            if (e.errno().filter("EBUSY"::equals).isPresent()) {
                return Migration.Outcome.BUSY;
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
}
