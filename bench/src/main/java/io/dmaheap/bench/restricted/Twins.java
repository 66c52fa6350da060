package io.dmaheap.bench.restricted;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Traits;
import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Pool;
import io.dmaheap.allocators.Range;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.RestrictedHeapOps;

/** Two heaps of the same contiguous memory, of which only one is run by the frame for restricted heaps. Nothing is restricted. */
public final class Twins implements HeapProvider {
    static final String PLAIN = "bench-plain";
    static final String RESTRICTED = "bench-restricted";
    private static final String REGION = "video@68000000";

    /** For {@link java.util.ServiceLoader}. */
    public Twins() {}

    @Override
    public void start(HeapContext context) {
        context.platform().regions().stream()
                .filter(region -> region.name().equals(REGION))
                .findFirst()
                .ifPresent(region -> register(context, new Area(region)));
    }

    private static void register(HeapContext context, Area area) {
        context.register(new HeapSpec(PLAIN, Traits.CMA), area::take);
        context.registerRestricted(new HeapSpec(RESTRICTED, Traits.CMA), new RestrictedHeapOps<Piece>() {
            @Override
            public void init() {}

            @Override
            public Piece alloc(AllocationRequest request) {
                return area.take(request);
            }

            @Override
            public void free(Piece memory) {
                memory.release();
            }
        });
    }

    private static final class Area {
        private final MemoryRegion region;
        private final Pool pool;

        Area(MemoryRegion region) {
            this.region = region;
            this.pool = new Pool(4096, Placement.firstFit());
            pool.add(new Range(0, region.size()));
        }

        Piece take(AllocationRequest request) {
            long offset;
            synchronized (pool) {
                offset = pool.allocate(request.size()).orElseThrow();
            }
            return new Piece(this, region.take(offset, request), offset);
        }

        void giveBack(long offset, long size) {
            synchronized (pool) {
                pool.free(offset, size);
            }
        }
    }

    private static final class Piece extends ForwardingMemory {
        private final Area area;
        private final Memory memory;
        private final long offset;

        Piece(Area area, Memory memory, long offset) {
            super(memory);
            this.area = area;
            this.memory = memory;
            this.offset = offset;
        }

        @Override
        public void release() {
            memory.release();
            area.giveBack(offset, size());
        }
    }
}
