package io.dmaheap.emulator.bus;

import java.lang.foreign.MemorySegment;

/** The bytes of a buffer on the host, for as long as a device has it mapped. Used within its size only. */
public interface Contents {

    /** Bytes. */
    long size();

    /** Copies bytes out. */
    void read(long offset, MemorySegment into);

    /** Copies bytes in. */
    void write(long offset, MemorySegment from);

    /** Lets go of them. Called once. */
    void close();
}
