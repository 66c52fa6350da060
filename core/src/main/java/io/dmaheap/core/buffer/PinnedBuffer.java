package io.dmaheap.core.buffer;

import io.dmaheap.spi.Memory;

/** A reference to a buffer for somebody who works with the platform's memory behind it. */
public final class PinnedBuffer implements AutoCloseable {
    private final Buffer buffer;

    /** Owns a reference that was taken before. */
    PinnedBuffer(Buffer buffer) {
        this.buffer = buffer;
    }

    /** The platform's memory, alive until this is closed. */
    public Memory memory() {
        return buffer.memory.backing();
    }

    /** Drops the reference. To be called once. */
    @Override
    public void close() {
        buffer.release();
    }
}
