package io.dmaheap.tee;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;

/**
 * A caller's connection to a TEE. Closing it lets nothing new be made; sessions and shared memory that are still open stay valid, and
 * the connection ends with the last of them. The same holds when {@code Heaps} is closed first.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface Tee extends TeeContext {

    /**
     * Lets trusted applications use a buffer. It stays alive while it is registered, whatever becomes of its handles. Only an
     * application that was made for protected memory may be passed a protected buffer: the TEE answers others with
     * {@link TeeResult#BAD_PARAMETERS}.
     *
     * @param buffer on Linux, one from a heap of the same TEE (TEE_IOC_SHM_REGISTER_FD, Linux 6.18 and newer)
     * @throws HeapException {@link ErrorCode#UNSUPPORTED} if the TEE cannot use this buffer
     * @throws IllegalStateException if this connection or the buffer's handle is closed
     */
    TeeMemory register(DmaBuf buffer);
}
