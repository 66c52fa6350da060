package io.dmaheap.testkit.fault;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import java.util.Objects;
import java.util.Optional;

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
        return new FaultyMemory(faults.call(Callback.ALLOCATE, () -> working.allocate(request)), faults);
    }

    @Override
    public long heapFlags() {
        return faults.call(Callback.HEAP_FLAGS, working::heapFlags);
    }

    @Override
    public HeapStatus status() {
        return faults.call(Callback.STATUS, working::status);
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return working.outlook(size);
    }

    @Override
    public void close() {
        faults.runAnyway(Callback.CLOSE, working::close);
    }
}
