package io.dmaheap.core.fake;

import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;
import java.util.concurrent.atomic.AtomicBoolean;

/** Memory of a platform that is released once, as that of the real ones. */
public final class OneShot extends ForwardingMemory {
    private final AtomicBoolean released = new AtomicBoolean();

    /** Memory that nothing was released of. */
    public OneShot(Memory memory) {
        super(memory);
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            super.release();
        } else {
            releasedAgain();
        }
    }
}
