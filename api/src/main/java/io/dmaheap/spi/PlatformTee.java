package io.dmaheap.spi;

import io.dmaheap.ErrorCode;
import io.dmaheap.PublicApi;
import io.dmaheap.tee.TeeInfo;

/** A trusted execution environment of a platform. Safe for use by several threads. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface PlatformTee {

    /** What is known of it now. */
    TeeInfo info();

    /**
     * Connects. What is made with the connection must be closed before it; a plugin does that, the framework sees to it for callers.
     *
     * @throws io.dmaheap.HeapException {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#DEVICE_GONE} if nobody answers
     */
    TeeConnection open();
}
