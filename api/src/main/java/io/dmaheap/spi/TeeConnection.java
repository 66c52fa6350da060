package io.dmaheap.spi;

import io.dmaheap.ErrorCode;
import io.dmaheap.PublicApi;
import io.dmaheap.tee.TeeContext;
import io.dmaheap.tee.TeeMemory;

/** A connection to a TEE, for plugins and for the framework. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface TeeConnection extends TeeContext {

    /**
     * Lets trusted applications use memory, which stays the caller's and must not be released before the returned memory is closed and no call
     * uses it, of which {@link TeeMemory#close(Runnable)} tells: a call that was given up after its time limit still does.
     *
     * @param memory of this platform
     * @throws io.dmaheap.HeapException {@link ErrorCode#UNSUPPORTED} if the TEE cannot use this memory
     * @throws IllegalStateException if this connection is closed
     */
    TeeMemory register(Memory memory);
}
