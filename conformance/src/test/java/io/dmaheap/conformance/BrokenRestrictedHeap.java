package io.dmaheap.conformance;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Pool;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Optional;
import java.util.OptionalLong;

/** A carveout as a heap, which would be right but for one flaw. */
final class BrokenRestrictedHeap implements RestrictedHeapOps<BrokenRestrictedHeap.Placed> {
    private final ProtectionFlaw flaw;
    private final MemoryRegion region;
    /** Guarded by itself. */
    private final Pool pool = new Pool(4096, Placement.firstFit());

    /** A buffer and where it lies. */
    static final class Placed extends ForwardingMemory {
        private final long base;

        Placed(Memory memory, long base) {
            super(memory);
            this.base = base;
        }
    }

    BrokenRestrictedHeap(ProtectionFlaw flaw, MemoryRegion region) {
        this.flaw = flaw;
        this.region = region;
        pool.add(new Range(region.base(), region.size()));
    }

    @Override
    public void init() {}

    @Override
    public Placed alloc(AllocationRequest request) {
        synchronized (pool) {
            long base = pool.allocate(request.size())
                    .orElseThrow(() -> HeapException.of(ErrorCode.OUT_OF_MEMORY, "full")
                            .heap(flaw.heapName())
                            .errno("ENOMEM")
                            .build());
            return new Placed(flaw.spoil(region.take(base - region.base(), request)), base);
        }
    }

    @Override
    public void free(Placed memory) {
        synchronized (pool) {
            memory.release();
            if (flaw != ProtectionFlaw.KEEPS_PLACES) {
                pool.free(memory.base, memory.size());
            }
        }
    }

    @Override
    public HeapStatus status() {
        synchronized (pool) {
            return new HeapStatus(
                    Optional.empty(),
                    Openable.YES,
                    OptionalLong.of(region.size()),
                    OptionalLong.of(pool.occupancy().free()));
        }
    }
}
