package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Type;
import io.dmaheap.heaps.restricted.mtk.SecureWorldHeap.Placed;
import io.dmaheap.interleavings.broken.CarelessLock;
import io.dmaheap.interleavings.broken.CarelessLock.Step;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.RestrictedHeapOps;
import org.jspecify.annotations.Nullable;

/** The mistake of the first two versions of the series: the bytes are counted under a lock, which is let go of for one step. */
final class CarelessHeap implements RestrictedHeapOps<SecureBuffer> {
    private final MemoryRegion region;
    private final MemoryApplication application;
    private final CarelessLock lock;
    private long bytes;
    private volatile @Nullable LentRange loan;

    CarelessHeap(MemoryRegion region, MemoryApplication application, Step unlocked) {
        this.region = region;
        this.application = application;
        this.lock = new CarelessLock(unlocked);
    }

    @Override
    public void init() {
        application.connect();
    }

    @Override
    public SecureBuffer alloc(AllocationRequest request) {
        lock.lock();
        try {
            boolean first = bytes == 0;
            if (request.size() > region.size() - bytes) {
                throw HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build();
            }
            bytes += request.size();
            if (first) {
                lock.run(Step.LEND, () -> loan = region.lend(0, region.size()));
            }
            return new SecureBuffer(request, application::isKnown);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void restrict(SecureBuffer buffer) {
        lock.lock();
        try {
            Given given = application.allocate(Type.LENT, buffer.size(), region.range());
            var placed = new Placed(given, application.places(given));
            buffer.give(placed, region.take(placed.places(), buffer.request()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unrestrict(SecureBuffer buffer) {
        lock.lock();
        try {
            application.free(buffer.placed().given());
            buffer.memory().release();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void free(SecureBuffer buffer) {
        lock.lock();
        try {
            bytes -= buffer.size();
            if (bytes == 0) {
                lock.run(Step.TAKE_BACK, () -> loan.reclaim());
            }
        } finally {
            lock.unlock();
        }
    }
}
