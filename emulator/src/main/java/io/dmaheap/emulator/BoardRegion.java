package io.dmaheap.emulator;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import java.util.List;

/** A region of the board. Which of its bytes are taken the machine knows, and not the region. */
final class BoardRegion implements MemoryRegion {
    private final Region region;
    private final Kind kind;
    private final PhysicalMemory physical;
    private final List<AddressRange> pinned;
    private final Host host;
    private final Firewall firewall;

    /**
     * A region.
     *
     * @param declared whether a {@code linux,cma} node makes it a heap of its own
     * @param pinned what cannot be moved out of it; of no effect but in regions that ordinary pages may use
     */
    BoardRegion(
            Region region,
            boolean declared,
            PhysicalMemory physical,
            List<AddressRange> pinned,
            Host host,
            Firewall firewall) {
        this.region = region;
        this.kind = kind(region, declared);
        this.physical = physical;
        this.pinned = region.placement().reusable() ? pinned : List.of();
        this.host = host;
        this.firewall = firewall;
    }

    private static Kind kind(Region region, boolean declared) {
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
        return switch (region) {
            case Region.MediatekPool _ -> Region.MediatekPool.COMPATIBLE;
            case Region.LinaroPool pool -> pool.compatible();
            default -> "";
        };
    }

    @Override
    public boolean isDefault() {
        return region instanceof Region.Cma area && area.isDefault();
    }

    @Override
    public Memory take(long offset, AllocationRequest request) {
        AddressRange range = range(offset, request.size());
        for (AddressRange fixed : pinned) {
            if (fixed.overlaps(range)) {
                throw HeapException.of(
                                ErrorCode.OUT_OF_MEMORY,
                                "pages of " + range + " in the region " + name() + " are pinned: " + fixed)
                        .operation("take")
                        .errno("EBUSY")
                        .hint("Try another place; platform.emulator.pinned in the policy file says what is pinned")
                        .build();
            }
        }
        physical.take(range, name() + request.name().map(label -> ", " + label).orElse(""));
        try {
            return memory(request, new Place.InRegion(physical, range));
        } catch (RuntimeException | Error e) {
            physical.giveBack(range);
            throw e;
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

    private Memory memory(AllocationRequest request, Place place) {
        Memory bytes = host.allocate(name(), request.size(), request.access());
        if (cpuMayTouch()) {
            return new EmulatedMemory(bytes, place, firewall);
        }
        try {
            return new EmulatedMemory(host.closedToTheCpu(name(), request.size()), bytes, place, firewall);
        } catch (RuntimeException | Error e) {
            bytes.release();
            throw e;
        }
    }

    /** A region that is lent to MediaTek's secure world has been lent when somebody takes part of it. */
    private boolean cpuMayTouch() {
        return !region.placement().noMap() && !(region instanceof Region.MediatekPool);
    }

    @Override
    public String toString() {
        return "region " + name() + " at " + region.range();
    }
}
