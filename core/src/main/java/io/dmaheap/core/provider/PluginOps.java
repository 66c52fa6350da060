package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a heap, run with the class loader of its plugin as context loader. Written out, since a shared method that takes
 * the operation as an object is too polymorphic for the compiler to see through, which every allocation would pay for.
 */
record PluginOps(HeapOps ops, PluginThreads threads) implements HeapOps {

    @Override
    public Memory allocate(AllocationRequest request) {
        @Nullable ClassLoader before = threads.enter();
        try {
            return ops.allocate(request);
        } finally {
            threads.leave(before);
        }
    }

    @Override
    public long heapFlags() {
        @Nullable ClassLoader before = threads.enter();
        try {
            return ops.heapFlags();
        } finally {
            threads.leave(before);
        }
    }

    @Override
    public HeapStatus status() {
        @Nullable ClassLoader before = threads.enter();
        try {
            return ops.status();
        } finally {
            threads.leave(before);
        }
    }

    @Override
    public void close() {
        threads.run(ops::close);
    }
}
