package io.dmaheap.heaps.panthor;

import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;

/** A buffer of the GPU's, and the loan that it is all of. */
final class GpuBuffer extends ForwardingMemory {
    private final LentRange lent;

    GpuBuffer(Memory memory, LentRange lent) {
        super(memory);
        this.lent = lent;
    }

    LentRange lent() {
        return lent;
    }
}
