package io.dmaheap;

/**
 * A direction of access, by the CPU or by a device. The values of the kernel's {@code DMA_BUF_SYNC_READ}, {@code _WRITE} and
 * {@code _RW} (include/uapi/linux/dma-buf.h).
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public enum Access {
    /** Reads only. */
    READ,
    /** Writes only; what was there before may be lost to the writer's cache. */
    WRITE,
    /** Reads and writes. */
    READ_WRITE;

    /** Whether this access reads. */
    public boolean reads() {
        return this != WRITE;
    }

    /** Whether this access writes. */
    public boolean writes() {
        return this != READ;
    }

    /** Whether whoever is granted this access may do all that {@code wanted} needs. */
    public boolean covers(Access wanted) {
        return this == READ_WRITE || this == wanted;
    }
}
