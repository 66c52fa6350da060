package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Optional;

/**
 * A protected heap of the kernel's, whose buffers are overwritten before anybody is given them.
 *
 * <p>The end is no time for it: the kernel's buffer ends with the last descriptor, import and mapping that anybody has, and nobody tells
 * us. What is overwritten when we close ours may be on the screen, and what is written there afterwards stays. Only a buffer whose
 * descriptor was never given out is known to end with us, and is overwritten then as well, so that other processes, which allocate from
 * the same heap without us, do not find what was in it.
 *
 * @param heap the kernel's, which does all the rest
 * @param scrubber who overwrites
 */
record ScrubbedKernelHeap(KernelHeap heap, Scrubber scrubber)
        implements RestrictedHeapOps<ScrubbedKernelHeap.KernelBuffer> {

    /** A buffer that knows whether somebody else may have it. */
    static final class KernelBuffer extends ForwardingMemory {
        private volatile boolean exported;

        private KernelBuffer(Memory memory) {
            super(memory);
        }

        @Override
        public DmaBufFd exportFd() {
            exported = true;
            return super.exportFd();
        }
    }

    @Override
    public void init() {
        scrubber.reach();
    }

    @Override
    public KernelBuffer alloc(AllocationRequest request) {
        return new KernelBuffer(heap.allocate(request));
    }

    /** It is protected already, and full of what its last owner left. */
    @Override
    public void restrict(KernelBuffer buffer) {
        scrubber.scrub(buffer.backing());
    }

    @Override
    public void unrestrict(KernelBuffer buffer) {
        if (!buffer.exported) {
            scrubber.scrub(buffer.backing());
        }
    }

    @Override
    public void free(KernelBuffer buffer) {
        buffer.release();
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
    public Optional<MemoryOutlook> outlook(long size) {
        return heap.outlook(size);
    }

    @Override
    public void close() {
        heap.close();
    }
}
