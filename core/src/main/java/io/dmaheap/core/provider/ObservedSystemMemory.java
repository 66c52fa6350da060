package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import java.util.Optional;

/**
 * Ordinary memory of a platform, as one plugin has it.
 *
 * @param memory the real one
 * @param releases sees what becomes of it
 */
record ObservedSystemMemory(HeapOps memory, ReleaseWatch releases) implements HeapOps {

    @Override
    public Memory allocate(AllocationRequest request) {
        return releases.watch(memory.allocate(request));
    }

    @Override
    public long heapFlags() {
        return memory.heapFlags();
    }

    @Override
    public HeapStatus status() {
        return memory.status();
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return memory.outlook(size);
    }

    @Override
    public void close() {
        memory.close();
    }
}
