package io.dmaheap.core.provider;

import io.dmaheap.AllocationRequest;
import io.dmaheap.core.event.LendEvent;
import io.dmaheap.core.event.ReclaimEvent;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.util.List;

/**
 * A region whose lending is told.
 *
 * @param region the real one
 * @param plugin who lends
 */
record ObservedRegion(MemoryRegion region, String plugin) implements MemoryRegion {

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
        return region.take(offset, request);
    }

    @Override
    public Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
        return region.take(ranges, request);
    }

    @Override
    public LentRange lend(long offset, long size) {
        var event = LendEvent.started();
        Throwable thrown = null;
        try {
            return new ObservedLoan(region.lend(offset, size), region.name(), plugin);
        } catch (RuntimeException | Error e) {
            thrown = e;
            throw e;
        } finally {
            event.ended(plugin, region.name(), region.base() + offset, size, thrown);
        }
    }

    private record ObservedLoan(LentRange lent, String region, String plugin) implements LentRange {
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
            } catch (RuntimeException | Error e) {
                thrown = e;
                throw e;
            } finally {
                event.ended(plugin, region, range().base(), range().size(), thrown);
            }
        }
    }
}
