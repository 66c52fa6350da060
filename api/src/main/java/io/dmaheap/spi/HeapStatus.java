package io.dmaheap.spi;

import io.dmaheap.HeapInfo.NodeInfo;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.PublicApi;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a heap is at one moment.
 *
 * @param node the device node behind it, if there is one
 * @param openable whether this user may allocate
 * @param total the size of the pool in bytes, if there is a pool
 * @param free the free bytes of the pool, if known
 * @param largest the bytes of the largest buffer that the heap ever gives out, where it has such a limit beside its pool, as udmabuf has
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record HeapStatus(
        Optional<NodeInfo> node, Openable openable, OptionalLong total, OptionalLong free, OptionalLong largest) {
    /** No node, open to everybody, without a pool. */
    public static final HeapStatus UNKNOWN =
            new HeapStatus(Optional.empty(), Openable.YES, OptionalLong.empty(), OptionalLong.empty());

    /**
     * Checks that all parts are there, and that the sizes can be true.
     *
     * @throws IllegalArgumentException if a size is negative, or more is free than there is
     */
    public HeapStatus {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(openable, "openable");
        Objects.requireNonNull(total, "total");
        Objects.requireNonNull(free, "free");
        Objects.requireNonNull(largest, "largest");
        if (largest.orElse(0) < 0) {
            throw new IllegalArgumentException("no buffer can be of " + text(largest) + " bytes");
        }
        if (total.orElse(0) < 0 || free.orElse(0) < 0 || free.orElse(0) > total.orElse(Long.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "a pool of " + text(total) + " bytes cannot have " + text(free) + " bytes free");
        }
    }

    /**
     * A heap without a limit for one buffer but its pool.
     *
     * @throws IllegalArgumentException as the canonical constructor
     */
    public HeapStatus(Optional<NodeInfo> node, Openable openable, OptionalLong total, OptionalLong free) {
        this(node, openable, total, free, OptionalLong.empty());
    }

    /** The same status of a heap whose buffers have at most this many bytes; empty for no such limit. */
    public HeapStatus withLargest(OptionalLong bytes) {
        return new HeapStatus(node, openable, total, free, bytes);
    }

    private static String text(OptionalLong bytes) {
        return bytes.isPresent() ? Long.toString(bytes.getAsLong()) : "unknown";
    }
}
