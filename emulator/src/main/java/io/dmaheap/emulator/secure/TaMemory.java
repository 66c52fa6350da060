package io.dmaheap.emulator.secure;

import java.lang.foreign.MemorySegment;

/**
 * Memory that a trusted application was passed, mapped during the call and no longer: to touch it afterwards, or to write what was passed
 * for reading, is an access fault, which is a panic of the application. The TEE reaches it as the bus master {@code tee}, so that the
 * firewall has its say; what it stops is a {@link io.dmaheap.HeapException} that the application leaves alone, and dies of.
 */
public interface TaMemory {
    /** A reference to nothing. */
    TaMemory NOTHING = new NoMemory();

    /** The bytes that may be touched. */
    long size();

    /** Whether it is protected memory, which must not leave the secure world. */
    boolean isSecure();

    /** Copies bytes out. */
    void read(long offset, MemorySegment into);

    /** Copies bytes in. */
    void write(long offset, MemorySegment from);

    /** Tells the caller how many bytes there are, or would be. */
    void report(long bytes);

    /** How many bytes were reported; all unless the application said otherwise. */
    long reported();
}
