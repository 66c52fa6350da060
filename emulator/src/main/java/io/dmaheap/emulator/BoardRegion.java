package io.dmaheap.emulator;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.memory.PhysicalMemory;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** A region of the board. Which of its bytes are taken the machine knows, and not the region. */
final class BoardRegion implements MemoryRegion {
    private final Region region;
    private final Kind kind;
    private final boolean forProtection;
    private final Workings machine;

    /**
     * A region.
     *
     * @param declared whether a {@code linux,cma} node makes it a heap of its own
     * @param forProtection whether the board sets it aside for protected memory
     */
    BoardRegion(Region region, boolean declared, boolean forProtection, Workings machine) {
        this.region = region;
        this.kind = kind(region, declared);
        this.forProtection = forProtection;
        this.machine = machine;
    }

    static Kind kind(Region region, boolean declared) {
        return switch (region) {
            case Region.Cma _ -> declared ? Kind.STANDALONE_CMA : Kind.CMA;
            case Region.CoherentPool _ -> Kind.COHERENT;
            case Region.BouncePool _ -> Kind.BOUNCE;
            case Region.MediatekPool _, Region.LinaroPool _, Region.Carveout _ -> Kind.CARVEOUT;
        };
    }

    @Override
    public String name() {
        return region.name();
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public long base() {
        return region.range().base();
    }

    @Override
    public long size() {
        return region.range().size();
    }

    @Override
    public String compatible() {
        return compatible(region);
    }

    static String compatible(Region region) {
        return switch (region) {
            case Region.MediatekPool _ -> Region.MediatekPool.COMPATIBLE;
            case Region.LinaroPool pool -> pool.compatible();
            case Region.Carveout carveout -> carveout.compatible();
            default -> "";
        };
    }

    @Override
    public Optional<ByteBuffer> property(String property) {
        return region.placement()
                .node()
                .property(property)
                .map(value -> ByteBuffer.wrap(value.bytes()).asReadOnlyBuffer());
    }

    @Override
    public boolean isDefault() {
        return region instanceof Region.Cma area && area.isDefault();
    }

    @Override
    public boolean isNoMap() {
        return region.placement().noMap();
    }

    @Override
    public boolean isForProtection() {
        return forProtection;
    }

    @Override
    public Memory take(long offset, AllocationRequest request) {
        AddressRange range = range(offset, request.size());
        if (isNoMap()) {
            return takeClosed(List.of(range), request);
        }
        migrate(range);
        machine.physical().take(range, owner(request));
        try {
            Memory bytes = machine.host().allocate(name(), request);
            return new EmulatedMemory(bytes, new Place.InRegion(machine.physical(), range), machine.firewall());
        } catch (RuntimeException | Error e) {
            machine.physical().giveBack(range);
            throw e;
        }
    }

    @Override
    public Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
        List<AddressRange> own = ranges.stream()
                .map(range -> range(range.base() - base(), range.size()))
                .toList();
        if (own.stream().mapToLong(AddressRange::size).sum() != request.size()) {
            throw new IllegalArgumentException(ranges + " are not " + request.size() + " bytes");
        }
        return takeClosed(own, request);
    }

    private Memory takeClosed(List<AddressRange> ranges, AllocationRequest request) {
        var secure = isNoMap() ? Optional.of(region.range()) : Optional.<AddressRange>empty();
        machine.physical().takeClosed(ranges, secure, owner(request));
        try {
            ranges.forEach(machine.store()::back);
            var memory = new ProtectedMemory(
                    name(), ranges, machine.physical(), machine.store(), machine.firewall(), machine.tokens());
            request.name().ifPresent(memory::setName);
            return memory;
        } catch (RuntimeException | Error e) {
            ranges.forEach(machine.physical()::giveBack);
            throw e;
        }
    }

    @Override
    public LentRange lend(long offset, long size) {
        AddressRange range = range(offset, size);
        if (isNoMap()) {
            throw new IllegalArgumentException(this + " was never for the CPU to use, so it cannot be lent");
        }
        migrate(range);
        machine.physical().lend(range);
        return new Lent(machine, range);
    }

    /** Empties the pages of a region that ordinary ones may use. */
    private void migrate(AddressRange range) {
        if (region.placement().reusable()) {
            machine.pinnedWithin(range).ifPresent(fixed -> {
                throw HeapException.of(
                                ErrorCode.OUT_OF_MEMORY,
                                "pages of " + range + " in the region " + name() + " are pinned: " + fixed)
                        .operation("take")
                        .errno("EBUSY")
                        .hint("Try another place; platform.emulator.pinned in the policy file says what is pinned")
                        .build();
            });
            machine.faults().pass(FaultPoint.MIGRATE, range.size() / Region.PAGE);
        }
    }

    private AddressRange range(long offset, long size) {
        if (offset < 0 || size <= 0 || size > size() || offset > size() - size) {
            throw new IllegalArgumentException(
                    size + " bytes at offset " + offset + " are not within " + name() + " of " + size() + " bytes");
        }
        var range = new AddressRange(base() + offset, size);
        if (!range.isAlignedTo(Region.PAGE)) {
            throw new IllegalArgumentException(
                    size + " bytes at offset " + offset + " are not made of pages of " + Region.PAGE);
        }
        return range;
    }

    private PhysicalMemory.Owner owner(AllocationRequest request) {
        return new PhysicalMemory.Owner(name(), request.name(), request.client());
    }

    /** Pages that were lent, until they are reclaimed. */
    private static final class Lent implements LentRange {
        private final Workings machine;
        private final AddressRange range;
        /** Guarded by this. */
        private boolean reclaimed;

        Lent(Workings machine, AddressRange range) {
            this.machine = machine;
            this.range = range;
        }

        @Override
        public PhysicalRange range() {
            return new PhysicalRange(range.base(), range.size());
        }

        @Override
        public synchronized void reclaim() {
            if (!reclaimed) {
                machine.faults().pass(FaultPoint.TAKE_BACK);
                machine.physical().reclaim(range);
                reclaimed = true;
            }
        }
    }

    @Override
    public String toString() {
        return "region " + name() + " at " + region.range();
    }
}
