package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import java.util.Optional;

/**
 * The operations of a heap, run with the class loader of its plugin as context loader. Written out, since a shared method that takes
 * the operation as an object is too polymorphic for the compiler to see through, which every allocation would pay for.
 */
record PluginOps(HeapOps ops, ClassLoader loader) implements HeapOps {

    @Override
    public Memory allocate(AllocationRequest request) {
        CallerThread before = CallerThread.enter(loader);
        try {
            return ops.allocate(request);
        } finally {
            before.leave();
        }
    }

    @Override
    public long heapFlags() {
        CallerThread before = CallerThread.enter(loader);
        try {
            return ops.heapFlags();
        } finally {
            before.leave();
        }
    }

    /** On the thread of a call, which has the loader. */
    @Override
    public HeapStatus status() {
        return ops.status();
    }

    /** On the thread of a call, which has the loader. */
    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return ops.outlook(size);
    }

    /** On the thread of a call, which has the loader. */
    @Override
    public void close() {
        ops.close();
    }
}
