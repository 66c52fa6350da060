package io.dmaheap;

import java.nio.file.Path;
import java.time.Duration;

/** A Unix socket on which other processes connect to share buffers. Safe for use by several threads. */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface BufferListener extends AutoCloseable {

    /** Where it listens. */
    Path path();

    /**
     * Waits for the next process.
     *
     * @throws HeapException {@link ErrorCode#TIMED_OUT}, {@link ErrorCode#INTERRUPTED}; {@link ErrorCode#TOO_MANY_FILES}
     *     ({@code EMFILE}), and the process stays in the queue
     */
    BufferSocket accept(Duration timeout);

    /** Stops listening and removes the socket file. Closing twice is harmless. */
    @Override
    void close();
}
