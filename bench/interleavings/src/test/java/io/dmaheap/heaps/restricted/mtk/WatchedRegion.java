package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.util.List;

/**
 * The region, as the heap sees it.
 *
 * @param protocol what is told to it
 */
record WatchedRegion(LendingProtocol protocol) implements MemoryRegion {
    static final long BASE = 0x6000_0000;

    static int part(long address) {
        return parts(address - BASE);
    }

    static int parts(long size) {
        return Math.toIntExact(size / LendingProtocol.PART);
    }

    @Override
    public String name() {
        return "watched";
    }

    @Override
    public Kind kind() {
        return Kind.CARVEOUT;
    }

    @Override
    public long base() {
        return BASE;
    }

    @Override
    public long size() {
        return LendingProtocol.PARTS * LendingProtocol.PART;
    }

    @Override
    public String compatible() {
        return "";
    }

    @Override
    public Memory take(long offset, AllocationRequest request) {
        throw new AssertionError("ordinary memory was taken");
    }

    @Override
    public Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
        PhysicalRange place = ranges.getFirst();
        protocol.take(part(place.base()), parts(place.size()));
        return new Taken(protocol, place);
    }

    @Override
    public LentRange lend(long offset, long size) {
        protocol.lend(parts(offset), parts(size));
        return new Loan(protocol, new PhysicalRange(BASE + offset, size));
    }

    private record Taken(LendingProtocol protocol, PhysicalRange place) implements Memory {
        @Override
        public long size() {
            return place.size();
        }

        @Override
        public void release() {
            protocol.release(part(place.base()), parts(place.size()));
        }
    }

    private record Loan(LendingProtocol protocol, PhysicalRange range) implements LentRange {
        @Override
        public void reclaim() {
            protocol.reclaim(part(range.base()), parts(range.size()));
        }
    }
}
