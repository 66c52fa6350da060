package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;

/** The operations of a heap, run with the class loader of its plugin as context loader. */
record PluginOps(HeapOps ops, PluginThreads threads) implements HeapOps {

    @Override
    public Memory allocate(AllocationRequest request) {
        return threads.call(() -> ops.allocate(request));
    }

    @Override
    public long heapFlags() {
        return threads.call(ops::heapFlags);
    }

    @Override
    public HeapStatus status() {
        return threads.call(ops::status);
    }

    @Override
    public void close() {
        threads.run(ops::close);
    }
}
