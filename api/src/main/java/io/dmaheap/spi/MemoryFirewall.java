package io.dmaheap.spi;

import io.dmaheap.AccessList;
import io.dmaheap.PublicApi;

/**
 * A bus firewall that the normal world may ask to protect memory, as boards without a trusted application for it have one behind a
 * firmware call. The normal world can close memory with it, but never looks inside: what is opened again was cleared before. Safe
 * for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface MemoryFirewall {

    /**
     * Lets some devices, and nobody else, reach pages that were {@linkplain MemoryRegion#lend lent}.
     *
     * @param range exactly what was lent
     * @param allowed the devices
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#SYSTEM_ERROR} with {@code EINVAL} if the firmware refuses; then
     *     nobody reaches the pages
     * @throws IllegalArgumentException if the range is not lent, or is protected already
     */
    void restrict(PhysicalRange range, AccessList allowed);

    /**
     * Clears the pages and ends their protection; they can be {@linkplain LentRange#reclaim() reclaimed} then.
     *
     * @param range exactly what was restricted
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#SYSTEM_ERROR} with {@code EINVAL} if the firmware refuses; then
     *     the pages stay as protected as they were
     * @throws IllegalArgumentException if the range is not restricted
     */
    void unrestrict(PhysicalRange range);
}
