package io.dmaheap.spi;

import io.dmaheap.PublicApi;

/**
 * Pages of a region that the normal world gave up, so that the secure world or the firmware can protect them. Nobody reaches them
 * until that has happened: the CPU cannot map them, and the bus lets no device in. Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface LentRange {

    /** Where they are. */
    PhysicalRange range();

    /**
     * Takes the pages back: the normal world may use them again. They were cleared by whoever protected them. Taking back twice is
     * harmless.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#SYSTEM_ERROR} with {@code EBUSY} while the secure world still
     *     protects them, or memory that was taken from them is not released; they stay lent then
     */
    void reclaim();
}
