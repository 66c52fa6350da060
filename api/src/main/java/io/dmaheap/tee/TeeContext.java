package io.dmaheap.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.UUID;

/**
 * A connection to a TEE, for callers ({@link Tee}) and for plugins ({@code TeeConnection} of the SPI) alike. Sessions and shared memory
 * belong to the connection that made them: a call on one with memory of another is refused.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface TeeContext extends AutoCloseable {

    /** How long {@link #openSession(UUID)} waits: far longer than loading an application takes, far shorter than for ever. */
    Duration OPENING_LIMIT = Duration.ofSeconds(30);

    /** The TEE at the other end. */
    TeeInfo info();

    /**
     * Opens a session with a trusted application, without parameters, as nobody in particular, within {@link #OPENING_LIMIT}.
     *
     * @throws HeapException as {@link #openSession(UUID, TeeLogin, TeeOperation)}
     */
    default TeeSession openSession(UUID application) {
        return openSession(application, TeeLogin.PUBLIC, TeeOperation.of().within(OPENING_LIMIT));
    }

    /**
     * Opens a session with a trusted application.
     *
     * @param application its UUID
     * @param login who the caller is for the application
     * @param operation the parameters; without a time limit in it, this waits for as long as the TEE does
     * @throws HeapException with {@link HeapException#teeReply()} if TEE or application refused;
     *     {@link ErrorCode#TIMED_OUT}, where a session that comes late after all is closed at once; {@link ErrorCode#INTERRUPTED};
     *     {@link ErrorCode#DEVICE_GONE} if the TEE died
     * @throws IllegalStateException if this connection, or memory in the operation, is closed
     */
    TeeSession openSession(UUID application, TeeLogin login, TeeOperation operation);

    /**
     * Allocates memory that both sides see, mapped into this process.
     *
     * @param size bytes, rounded up to whole pages
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}, {@link ErrorCode#INVALID_SIZE}
     * @throws IllegalStateException if this connection is closed
     */
    TeeMemory allocate(long size);

    /**
     * Shares memory of this process. The segment must stay alive until the returned memory was closed and no call is left that used it:
     * a call that was given up after its time limit may still write. {@link TeeMemory#close(Runnable)} tells when that is.
     *
     * @param segment native memory, which only {@link TeeMemory#in()} can pass if it is read-only; start and size are multiples of the page size, so that nothing beside it is shared as well
     * @throws HeapException {@link ErrorCode#UNSUPPORTED} without {@link TeeInfo.Capability#REGISTERED_MEMORY}
     * @throws IllegalArgumentException if the segment is on the heap, empty or not aligned
     * @throws IllegalStateException if this connection is closed, or the segment has ended
     */
    TeeMemory register(MemorySegment segment);

    /** Ends the connection. Closing twice is harmless. */
    @Override
    void close();
}
