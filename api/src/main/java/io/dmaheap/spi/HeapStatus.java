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
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record HeapStatus(Optional<NodeInfo> node, Openable openable, OptionalLong total, OptionalLong free) {
    /** No node, open to everybody, without a pool. */
    public static final HeapStatus UNKNOWN =
            new HeapStatus(Optional.empty(), Openable.YES, OptionalLong.empty(), OptionalLong.empty());

    /** Checks that all parts are there. */
    public HeapStatus {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(openable, "openable");
        Objects.requireNonNull(total, "total");
        Objects.requireNonNull(free, "free");
    }
}
