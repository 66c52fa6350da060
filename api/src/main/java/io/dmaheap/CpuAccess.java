package io.dmaheap;

import java.lang.foreign.MemorySegment;

/**
 * The time in which the CPU may touch a buffer, as a scope. Closing it ends the access ({@code DMA_BUF_IOCTL_SYNC} with
 * {@code DMA_BUF_SYNC_END}) whatever happened inside; from then on the segment is dead and every use of it fails, so that a
 * missing end cannot happen and a late access cannot go unnoticed.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface CpuAccess extends AutoCloseable {

    /**
     * The whole buffer. Read-only for {@link Access#READ}.
     *
     * @throws IllegalStateException if the access is closed
     */
    MemorySegment segment();

    /** What was asked for. */
    Access access();

    /** Ends the access. Closing twice is harmless. */
    @Override
    void close();
}
