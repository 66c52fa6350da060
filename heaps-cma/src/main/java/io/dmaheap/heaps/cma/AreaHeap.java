package io.dmaheap.heaps.cma;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.allocators.CmaArea;
import io.dmaheap.allocators.Occupancy;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A heap of one region, placed as the kernel's CMA heaps place ({@code cma_heap_allocate()} of drivers/dma-buf/heaps/cma_heap.c, and
 * mm/cma.c): first fit, aligned to the size rounded up to a power of two of pages, 1 MiB at most; a place with a page that cannot be
 * moved is passed over.
 */
final class AreaHeap implements HeapOps {
    private final String name;
    private final MemoryRegion region;
    private final int pageSize;
    /** Guarded by itself, with the holders. */
    private final CmaArea area;

    private final Holders holders = new Holders();

    /** The heap {@code name} of all of {@code region}. */
    AreaHeap(String name, MemoryRegion region, int pageSize) {
        this.name = name;
        this.region = region;
        this.pageSize = pageSize;
        this.area = new CmaArea(new Range(region.base() / pageSize, region.size() / pageSize));
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        synchronized (area) {
            long busyBefore = area.statistics().busyRetries();
            return area.allocate(request.size() / pageSize, pages -> take(pages, request))
                    .map(holders::add)
                    .orElseThrow(() -> noRoom(request.size(), area.statistics().busyRetries() - busyBefore));
        }
    }

    private Optional<AreaMemory> take(Range pages, AllocationRequest request) {
        try {
            Memory memory = region.take(bytes(pages.start()) - region.base(), request);
            return Optional.of(new AreaMemory(memory, pages.start(), request, this::release));
        } catch (HeapException e) {
            if (e.code() == ErrorCode.OUT_OF_MEMORY
                    && e.errno().filter("EBUSY"::equals).isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void release(AreaMemory memory) {
        synchronized (area) {
            holders.remove(memory);
            area.release(memory.frame(), memory.size() / pageSize);
        }
    }

    private HeapException noRoom(long size, long busyPlaces) {
        Occupancy pages = area.occupancy();
        var what = new StringBuilder(
                "no contiguous %d bytes in the region %s: of its %d bytes %d are free, the largest free run has %d"
                        .formatted(
                                size, region.name(), region.size(), bytes(pages.free()), bytes(pages.largestFree())));
        if (busyPlaces > 0) {
            what.append(", ").append(busyPlaces).append(" places hold pages that cannot be moved");
        }
        what.append(holders.describe());
        return HeapException.of(ErrorCode.OUT_OF_MEMORY, what.toString())
                .heap(name)
                .operation("allocate")
                .errno("ENOMEM")
                .hint(hint(size, pages, busyPlaces))
                .build();
    }

    private String hint(long size, Occupancy pages, long busyPlaces) {
        if (size > region.size()) {
            return "The region is too small for this: choose another heap, or enlarge the region in the device tree";
        }
        if (busyPlaces > 0) {
            return "Try again later, or give the region memory that nothing else may pin";
        }
        return bytes(pages.free()) < size
                ? "Close buffers"
                : "The free memory is in pieces: close buffers, or allocate the large ones first";
    }

    private long bytes(long pages) {
        return pages * pageSize;
    }

    /** The first place that {@link #allocate} would try; another one if a page there cannot be moved. */
    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        Optional<Range> place;
        synchronized (area) {
            place = area.firstPlace(size / pageSize);
        }
        var anywhere = MemoryOutlook.within(size, List.of(region.range()), Answer.YES);
        return Optional.of(place.map(pages ->
                        anywhere.withSegments(List.of(new PhysicalRange(bytes(pages.start()), bytes(pages.size())))))
                .orElse(anywhere));
    }

    @Override
    public HeapStatus status() {
        long free;
        synchronized (area) {
            free = bytes(area.occupancy().free());
        }
        return new HeapStatus(Optional.empty(), Openable.YES, OptionalLong.of(region.size()), OptionalLong.of(free));
    }
}
