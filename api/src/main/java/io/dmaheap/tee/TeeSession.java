package io.dmaheap.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import java.util.UUID;

/** A session with a trusted application. Safe for use by several threads; the TEE runs one call of a session at a time. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface TeeSession extends AutoCloseable {

    /** The application's UUID. */
    UUID application();

    /** What the application answered when it was opened. */
    TeeReply opening();

    /**
     * Has the application run a command, and waits for as long as that takes.
     *
     * @param command the application's number for it
     * @param parameters at most four
     * @return a reply whose result is success
     * @throws HeapException as {@link #invoke(int, TeeOperation)}
     */
    default TeeReply invoke(int command, TeeParameter... parameters) {
        return invoke(command, TeeOperation.of(parameters));
    }

    /**
     * Has the application run a command.
     *
     * @param command the application's number for it
     * @return a reply whose result is success
     * @throws HeapException with {@link HeapException#teeReply()} for any other result; {@link ErrorCode#TIMED_OUT} or
     *     {@link ErrorCode#INTERRUPTED}, where the application is asked to stop and may still be running;
     *     {@link ErrorCode#DEVICE_GONE} if the TEE or the application died
     * @throws IllegalStateException if this session, or memory in the operation, is closed, or a registered segment has ended
     * @throws IllegalArgumentException if the application would write a registered segment that is read-only
     */
    TeeReply invoke(int command, TeeOperation operation);

    /** Ends the session; a call that is running ends first. Closing twice is harmless. */
    @Override
    void close();
}
