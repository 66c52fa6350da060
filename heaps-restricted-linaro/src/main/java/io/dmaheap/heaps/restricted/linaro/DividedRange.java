package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.allocators.Occupancy;
import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Pool;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Protected memory whose bytes the normal world cannot see, but divides: first fit in whole pages, as the {@code gen_pool} of
 * drivers/tee/optee/protmem.c and of Linaro's carveout heap. Safe for use by several threads.
 */
final class DividedRange {
    private final String heap;
    private final MemoryRegion region;
    /** Guarded by itself. */
    private final Pool pool;

    /** All of {@code range}, which lies in {@code region}, for the heap of that name. */
    DividedRange(String heap, MemoryRegion region, PhysicalRange range, int pageSize) {
        this.heap = heap;
        this.region = region;
        this.pool = new Pool(pageSize, Placement.firstFit());
        pool.add(new Range(range.base(), range.size()));
    }

    /**
     * Takes memory. A place that is not free all the same is passed over: another version of this plugin may have left it in use.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}
     */
    PooledBuffer take(AllocationRequest request) {
        List<PhysicalRange> busy = new ArrayList<>();
        try {
            while (true) {
                PhysicalRange place = place(request.size());
                Optional<PooledBuffer> taken = take(place, request);
                if (taken.isPresent()) {
                    return taken.get();
                }
                busy.add(place);
            }
        } finally {
            busy.forEach(this::free);
        }
    }

    private Optional<PooledBuffer> take(PhysicalRange place, AllocationRequest request) {
        boolean kept = false;
        try {
            Memory memory = region.take(List.of(place), request);
            kept = true;
            return Optional.of(new PooledBuffer(memory, this, place));
        } catch (HeapException e) {
            if (e.code() == ErrorCode.OUT_OF_MEMORY
                    && e.errno().filter("EBUSY"::equals).isPresent()) {
                kept = true;
                return Optional.empty();
            }
            throw e;
        } finally {
            if (!kept) {
                free(place);
            }
        }
    }

    private PhysicalRange place(long size) {
        synchronized (pool) {
            OptionalLong base = pool.allocate(size);
            if (base.isEmpty()) {
                throw noRoom(size);
            }
            return new PhysicalRange(base.getAsLong(), size);
        }
    }

    /** In this order: nobody may be given the place while the platform has it for taken. */
    void giveBack(PooledBuffer buffer) {
        buffer.release();
        free(buffer.place());
    }

    private void free(PhysicalRange place) {
        synchronized (pool) {
            pool.free(place.base(), place.size());
        }
    }

    /** How full it is, in bytes. */
    Occupancy occupancy() {
        synchronized (pool) {
            return pool.occupancy();
        }
    }

    private HeapException noRoom(long size) {
        Occupancy now = pool.occupancy();
        String what = "no %d bytes in the protected pool: of its %d bytes %d are free, the largest free run has %d"
                .formatted(size, now.total(), now.free(), now.largestFree());
        String hint = size > now.total()
                ? "The pool never grows: ask for less, or give it more in the firmware or the device tree"
                : now.free() < size
                        ? "Close buffers"
                        : "The free memory is in pieces: close buffers, or allocate the large ones first";
        return HeapException.of(ErrorCode.OUT_OF_MEMORY, what)
                .heap(heap)
                .operation("alloc")
                .errno("ENOMEM")
                .hint(hint)
                .build();
    }
}
