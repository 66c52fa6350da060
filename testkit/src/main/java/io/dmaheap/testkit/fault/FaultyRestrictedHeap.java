package io.dmaheap.testkit.fault;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Objects;
import java.util.Optional;

/**
 * A restricted heap that fails on demand. Its memory is the vendor's own and does not.
 *
 * @param <M> the vendor's own record of one buffer
 */
public final class FaultyRestrictedHeap<M extends Memory> implements RestrictedHeapOps<M> {
    private final RestrictedHeapOps<M> working;
    private final Faults faults;

    /**
     * Wraps a heap.
     *
     * @param working does what is not to fail
     * @param faults what is to fail
     */
    public FaultyRestrictedHeap(RestrictedHeapOps<M> working, Faults faults) {
        this.working = Objects.requireNonNull(working, "working");
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    @Override
    public void init() {
        faults.run(Callback.INIT, working::init);
    }

    @Override
    public M alloc(AllocationRequest request) {
        return faults.call(Callback.ALLOC, () -> working.alloc(request));
    }

    @Override
    public void free(M memory) {
        faults.runAnyway(Callback.FREE, () -> working.free(memory));
    }

    @Override
    public void restrict(M memory) {
        faults.run(Callback.RESTRICT, () -> working.restrict(memory));
    }

    @Override
    public void unrestrict(M memory) {
        faults.run(Callback.UNRESTRICT, () -> working.unrestrict(memory));
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
