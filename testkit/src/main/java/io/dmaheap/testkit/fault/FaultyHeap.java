package io.dmaheap.testkit.fault;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import java.util.Objects;

/** A plain heap that fails on demand, and whose memory does. */
public final class FaultyHeap implements HeapOps {
    private final HeapOps working;
    private final Faults faults;

    /**
     * Wraps a heap.
     *
     * @param working does what is not to fail
     * @param faults what is to fail
     */
    public FaultyHeap(HeapOps working, Faults faults) {
        this.working = Objects.requireNonNull(working, "working");
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        faults.reach(Callback.ALLOCATE);
        return new FaultyMemory(working.allocate(request), faults);
    }

    @Override
    public long heapFlags() {
        faults.reach(Callback.HEAP_FLAGS);
        return working.heapFlags();
    }

    @Override
    public HeapStatus status() {
        faults.reach(Callback.STATUS);
        return working.status();
    }

    /** Closes the heap even if it then fails, so that a test of the failure leaks nothing. */
    @Override
    public void close() {
        working.close();
        faults.reach(Callback.CLOSE);
    }
}
