package io.dmaheap.spi;

import io.dmaheap.PublicApi;

/** Somebody who is told when a platform gains something: {@link Platform#watch}. Safe for use by several threads. */
@FunctionalInterface
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface PlatformWatch extends AutoCloseable {

    /** Ends it: a call may be under way, and none begins any more. Closing twice is harmless. */
    @Override
    void close();
}
