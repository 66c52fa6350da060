package io.dmaheap.spi;

import io.dmaheap.PublicApi;

/**
 * Some physical memory, as the secure world and the firmware speak of it.
 *
 * @param base the first address
 * @param size bytes
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record PhysicalRange(long base, long size) {

    /** Checks that there is such memory: neither is negative, and the end does not overflow. */
    public PhysicalRange {
        if (base < 0 || size < 0 || size > Long.MAX_VALUE - base) {
            throw new IllegalArgumentException("no physical range: 0x%x bytes at 0x%x".formatted(size, base));
        }
    }

    /** The first address after it. */
    public long end() {
        return base + size;
    }

    /** Whether all of {@code other} lies within. */
    public boolean contains(PhysicalRange other) {
        return base <= other.base && other.end() <= end();
    }

    /** First address and first address after, in hexadecimal. */
    @Override
    public String toString() {
        return "0x%x-0x%x".formatted(base, end());
    }
}
