package io.dmaheap.emulator.secure;

import java.lang.foreign.MemorySegment;

/** A reference to nothing that is nobody's: what is reported through it is lost. */
record NoMemory() implements TaMemory {
    @Override
    public long size() {
        return 0;
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public void read(long offset, MemorySegment into) {
        throw new IndexOutOfBoundsException("there is no memory");
    }

    @Override
    public void write(long offset, MemorySegment from) {
        throw new IndexOutOfBoundsException("there is no memory");
    }

    @Override
    public void report(long bytes) {}

    @Override
    public long reported() {
        return 0;
    }
}
