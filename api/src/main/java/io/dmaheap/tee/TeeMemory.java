package io.dmaheap.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeParameter.MemoryReference;
import java.lang.foreign.MemorySegment;

/**
 * Memory that a TEE can be passed: allocated for that, registered memory of the caller, or a registered buffer.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface TeeMemory extends AutoCloseable {

    /** Bytes. */
    long size();

    /**
     * The memory as this process sees it. That of {@linkplain TeeContext#allocate allocated} memory dies when this is closed.
     *
     * @throws HeapException {@link ErrorCode#NOT_CPU_ACCESSIBLE} for a registered buffer, which {@code DmaBuf.access} opens where that is
     *     allowed
     * @throws IllegalStateException if this is closed
     */
    MemorySegment segment();

    /** All of it, for the application to read. */
    default MemoryReference in() {
        return new MemoryReference(Direction.IN, this, 0, size());
    }

    /** All of it, for the application to write. */
    default MemoryReference out() {
        return new MemoryReference(Direction.OUT, this, 0, size());
    }

    /** All of it, for the application to read and write. */
    default MemoryReference inOut() {
        return new MemoryReference(Direction.IN_OUT, this, 0, size());
    }

    /**
     * A part of it, for the application to read.
     *
     * @throws IndexOutOfBoundsException if it is not within the memory
     */
    default MemoryReference in(long offset, long size) {
        return new MemoryReference(Direction.IN, this, offset, size);
    }

    /**
     * A part of it, for the application to write.
     *
     * @throws IndexOutOfBoundsException if it is not within the memory
     */
    default MemoryReference out(long offset, long size) {
        return new MemoryReference(Direction.OUT, this, offset, size);
    }

    /**
     * A part of it, for the application to read and write.
     *
     * @throws IndexOutOfBoundsException if it is not within the memory
     */
    default MemoryReference inOut(long offset, long size) {
        return new MemoryReference(Direction.IN_OUT, this, offset, size);
    }

    /**
     * Ends the sharing. The memory itself lives until no call uses it: a call that its caller gave up goes on in the TEE, and a system
     * call of this process that was passed its {@link #segment()} goes on here. {@link #close(Runnable)} tells when the TEE has done with
     * it. Closing twice is harmless.
     */
    @Override
    void close();

    /**
     * Ends the sharing as {@link #close()} does, and runs an action when no call uses the memory any more.
     *
     * @param unused runs once for each call of this method: at once, or on the thread of the last call that uses the memory; must
     *     neither block nor throw
     */
    default void close(Runnable unused) {
        close();
        unused.run();
    }
}
