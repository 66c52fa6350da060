package io.dmaheap;

import java.time.Duration;

/**
 * Work of a device that is over when the fence signals: a Linux sync_file. Closing it does not end the work.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface Fence extends AutoCloseable {

    /** How far the work is. */
    State state();

    /**
     * Waits for the work to end, well or badly.
     *
     * @return whether it ended within the time
     * @throws HeapException {@link ErrorCode#INTERRUPTED}
     */
    boolean await(Duration timeout);

    /** A fence that signals when this one and {@code other} have ({@code SYNC_IOC_MERGE}). */
    Fence merge(Fence other);

    /** Makes a file descriptor that refers to the fence, close-on-exec. */
    DmaBufFd exportFd();

    /** Drops this reference. Closing twice is harmless. */
    @Override
    void close();

    /** The status of {@code struct sync_file_info} (include/uapi/linux/sync_file.h). */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    enum State {
        /** Still running. */
        PENDING,
        /** Ended well. */
        SIGNALED,
        /** Ended with an error. */
        FAILED
    }
}
