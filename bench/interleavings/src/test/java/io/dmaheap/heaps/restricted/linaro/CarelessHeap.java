package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.interleavings.broken.CarelessLock;
import io.dmaheap.interleavings.broken.CarelessLock.Step;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The users are counted under a lock, which is let go of while the pool changes hands. */
final class CarelessHeap implements RestrictedHeapOps<PooledBuffer> {
    private final ProtectedMemoryFirmware firmware;
    private final LendablePages pages;
    private final CarelessLock lock;
    private volatile @Nullable Loan loan;
    private long users;

    private record Loan(LentRange lent, DividedRange pool) {}

    CarelessHeap(ProtectedMemoryFirmware firmware, LendablePages pages, Step unlocked) {
        this.firmware = firmware;
        this.pages = pages;
        this.lock = new CarelessLock(unlocked);
    }

    @Override
    public void init() {}

    @Override
    public PooledBuffer alloc(AllocationRequest request) {
        lock.lock();
        try {
            if (loan == null) {
                lock.run(Step.LEND, this::lend);
            }
            users++;
            try {
                return loan.pool().take(request);
            } catch (RuntimeException e) {
                leave();
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unrestrict(PooledBuffer buffer) {
        lock.lock();
        try {
            buffer.end();
            leave();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void free(PooledBuffer buffer) {}

    private void lend() {
        LentRange lent = pages.lend("heap", WatchedMachine.POOL, WatchedMachine.PAGE);
        firmware.lend(0, lent.range(), List.of(), lent.range().base());
        loan = new Loan(lent, new DividedRange("heap", pages.region(), lent.range(), WatchedMachine.PAGE));
    }

    private void leave() {
        if (--users == 0) {
            Loan last = loan;
            lock.run(Step.TAKE_BACK, () -> takeBack(last));
            loan = null;
        }
    }

    private void takeBack(Loan last) {
        firmware.reclaim(last.lent().range().base());
        pages.reclaim(last.lent());
    }
}
