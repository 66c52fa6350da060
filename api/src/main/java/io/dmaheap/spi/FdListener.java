package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import java.time.Duration;
import java.util.Optional;

/** A listening Unix socket of a platform. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface FdListener extends AutoCloseable {

    /** Waits for the next connection; empty if the time passed first. */
    Optional<FdSocket> accept(Duration timeout);

    /** Stops listening and removes the socket file. */
    @Override
    void close();
}
