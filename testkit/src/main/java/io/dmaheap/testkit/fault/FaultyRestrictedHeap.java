package io.dmaheap.testkit.fault;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Objects;

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
        faults.reach(Callback.INIT);
        working.init();
    }

    @Override
    public M alloc(AllocationRequest request) {
        faults.reach(Callback.ALLOC);
        return working.alloc(request);
    }

    /** Frees the memory even if it then fails, so that a test of the failure leaks nothing. */
    @Override
    public void free(M memory) {
        working.free(memory);
        faults.reach(Callback.FREE);
    }

    @Override
    public void restrict(M memory) {
        faults.reach(Callback.RESTRICT);
        working.restrict(memory);
    }

    @Override
    public void unrestrict(M memory) {
        faults.reach(Callback.UNRESTRICT);
        working.unrestrict(memory);
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
