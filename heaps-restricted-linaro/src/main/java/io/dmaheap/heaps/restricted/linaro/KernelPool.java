package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.RestrictedHeapOps;

/**
 * A protected heap of the kernel's, which does everything itself; here so that something can be done at the end of a buffer.
 *
 * @param heap the kernel's
 */
record KernelPool(KernelHeap heap) implements RestrictedHeapOps<Memory> {

    /** The kernel has reached its TEE, or there would be no heap. */
    @Override
    public void init() {}

    @Override
    public Memory alloc(AllocationRequest request) {
        return heap.allocate(request);
    }

    @Override
    public void free(Memory memory) {
        memory.release();
    }

    @Override
    public long heapFlags() {
        return heap.heapFlags();
    }

    @Override
    public HeapStatus status() {
        return heap.status();
    }

    @Override
    public void close() {
        heap.close();
    }
}
