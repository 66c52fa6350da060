package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PhysicalRange;
import java.util.concurrent.atomic.AtomicBoolean;

/** A buffer of a pool that the normal world divides. */
final class PooledBuffer extends ForwardingMemory {
    private final DividedRange pool;
    private final PhysicalRange place;
    private final AtomicBoolean ended = new AtomicBoolean();

    PooledBuffer(Memory memory, DividedRange pool, PhysicalRange place) {
        super(memory);
        this.pool = pool;
        this.place = place;
    }

    PhysicalRange place() {
        return place;
    }

    /** Gives the place back to the pool; false if that was done before. */
    boolean end() {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            pool.giveBack(this);
        }
        return first;
    }
}
