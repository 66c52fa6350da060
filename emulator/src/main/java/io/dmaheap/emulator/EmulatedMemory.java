package io.dmaheap.emulator;

import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;

/** Memory that was taken from the emulated machine, and goes back to it when its bytes are gone. */
final class EmulatedMemory extends ForwardingMemory {
    private final Runnable giveBack;

    /** Memory whose bytes are {@code host}'s. */
    EmulatedMemory(Memory host, Runnable giveBack) {
        super(host);
        this.giveBack = giveBack;
    }

    /** Itself: devices of this machine know it, and nothing of the host. */
    @Override
    public Memory backing() {
        return this;
    }

    @Override
    public void release() {
        super.release();
        giveBack.run();
    }
}
