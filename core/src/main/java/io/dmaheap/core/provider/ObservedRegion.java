package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.core.event.LendEvent;
import io.dmaheap.core.event.ReclaimEvent;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A {@code MemoryRegion} that emits a JFR event for each lend and reclaim, and has one owner.
 *
 * @param region the real one
 * @param user who takes and lends
 * @param owners who has which region
 * @param releases sees what becomes of its memory
 */
record ObservedRegion(MemoryRegion region, RegionOwners.User user, RegionOwners owners, ReleaseWatch releases)
        implements MemoryRegion {

    @Override
    public String name() {
        return region.name();
    }

    @Override
    public Kind kind() {
        return region.kind();
    }

    @Override
    public long base() {
        return region.base();
    }

    @Override
    public long size() {
        return region.size();
    }

    @Override
    public PhysicalRange range() {
        return region.range();
    }

    @Override
    public String compatible() {
        return region.compatible();
    }

    @Override
    public Optional<ByteBuffer> property(String property) {
        return region.property(property);
    }

    @Override
    public boolean isDefault() {
        return region.isDefault();
    }

    @Override
    public boolean isNoMap() {
        return region.isNoMap();
    }

    @Override
    public boolean isForProtection() {
        return region.isForProtection();
    }

    @Override
    public Memory take(long offset, AllocationRequest request) {
        return taken(place(offset, request.size()), () -> region.take(offset, request));
    }

    @Override
    public Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
        return taken(ranges, () -> region.take(ranges, request));
    }

    private Memory taken(List<PhysicalRange> ranges, Supplier<Memory> taking) {
        RegionOwners.Hold hold = owners.hold(name(), user, ranges);
        Memory memory = null;
        try {
            memory = new ObservedMemory(releases.watch(taking.get()), hold, owners);
            return memory;
        } finally {
            if (memory == null) {
                hold.end();
            }
        }
    }

    @Override
    public LentRange lend(long offset, long size) {
        RegionOwners.Hold hold = owners.hold(name(), user, place(offset, size));
        var event = LendEvent.started();
        Throwable thrown = null;
        try {
            return new ObservedLoan(region.lend(offset, size), hold, region.name(), user.plugin());
        } catch (RuntimeException | Error e) {
            hold.end();
            thrown = e;
            throw e;
        } finally {
            event.ended(user.plugin(), region.name(), region.base() + offset, size, thrown);
        }
    }

    /** Nowhere if the numbers make no sense, which is for the platform to say. */
    private List<PhysicalRange> place(long offset, long size) {
        boolean within = offset >= 0 && size > 0 && size <= size() && offset <= size() - size;
        return within ? List.of(new PhysicalRange(base() + offset, size)) : List.of();
    }

    private static final class ObservedMemory extends ForwardingMemory {
        private final Memory backing;
        private final RegionOwners.Hold hold;
        private final RegionOwners owners;

        ObservedMemory(Memory memory, RegionOwners.Hold hold, RegionOwners owners) {
            super(memory);
            this.backing = memory.backing();
            this.hold = hold;
            this.owners = owners;
            owners.gave(backing);
        }

        @Override
        public void release() {
            super.release();
            owners.released(backing);
            hold.end();
        }
    }

    private record ObservedLoan(LentRange lent, RegionOwners.Hold hold, String region, String plugin)
            implements LentRange {
        @Override
        public PhysicalRange range() {
            return lent.range();
        }

        @Override
        public void reclaim() {
            var event = ReclaimEvent.started();
            Throwable thrown = null;
            try {
                lent.reclaim();
                hold.end();
            } catch (RuntimeException | Error e) {
                thrown = e;
                throw e;
            } finally {
                event.ended(plugin, region, range().base(), range().size(), thrown);
            }
        }
    }
}
