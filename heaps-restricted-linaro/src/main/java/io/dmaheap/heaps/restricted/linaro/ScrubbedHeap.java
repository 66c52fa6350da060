package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Optional;

/**
 * A heap that divides its memory itself, whose buffers are overwritten at their end: their place is free then, whoever still has a
 * descriptor. One that could not be overwritten is quarantined, as {@link #unrestrict} fails for it.
 *
 * @param ops the heap
 * @param scrubber who overwrites
 */
record ScrubbedHeap<M extends Memory>(RestrictedHeapOps<M> ops, Scrubber scrubber) implements RestrictedHeapOps<M> {

    /** Without the one who scrubs there are no buffers: each of them would end in quarantine. */
    @Override
    public void init() {
        ops.init();
        scrubber.reach();
    }

    /** Asks again, as the one who scrubs may have died since. */
    @Override
    public M alloc(AllocationRequest request) {
        scrubber.reach();
        return ops.alloc(request);
    }

    @Override
    public void free(M memory) {
        ops.free(memory);
    }

    @Override
    public void restrict(M memory) {
        ops.restrict(memory);
    }

    @Override
    public void unrestrict(M memory) {
        scrubber.scrub(memory.backing());
        ops.unrestrict(memory);
    }

    @Override
    public long heapFlags() {
        return ops.heapFlags();
    }

    @Override
    public HeapStatus status() {
        return ops.status();
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return ops.outlook(size);
    }

    @Override
    public void close() {
        ops.close();
    }
}
