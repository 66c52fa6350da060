package io.dmaheap.cli.play;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;

/** Where buffers come from: a heap, or a choice among heaps. */
@FunctionalInterface
public interface Source {
    /** As {@link io.dmaheap.Heap#allocate(AllocationRequest)}. */
    DmaBuf allocate(AllocationRequest request);
}
