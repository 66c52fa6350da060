package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A heap of memory that is the secure world's for good: Linaro's carveout ({@code restricted_heap_linaro.c}, RFC of August 2024), or the
 * static pool that OP-TEE reports. It is protected before anybody asks and stays so, hence there is nothing to restrict and nothing to
 * unrestrict, and nobody clears it between two owners.
 */
final class FixedHeap implements RestrictedHeapOps<PooledBuffer> {
    private final DividedRange pool;

    FixedHeap(DividedRange pool) {
        this.pool = pool;
    }

    /** Nobody to reach: the firmware closed the range before the kernel started. */
    @Override
    public void init() {}

    @Override
    public PooledBuffer alloc(AllocationRequest request) {
        return pool.take(request);
    }

    @Override
    public void free(PooledBuffer buffer) {
        buffer.end();
    }

    @Override
    public HeapStatus status() {
        var now = pool.occupancy();
        return new HeapStatus(
                Optional.empty(), Openable.YES, OptionalLong.of(now.total()), OptionalLong.of(now.free()));
    }
}
