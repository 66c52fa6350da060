package io.dmaheap.emulator;

import io.dmaheap.AccessList;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.DmaLimits;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.board.RegionUse;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Usability;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which memory a device of the board can use. The one decision for memory that may be allocated and for memory that is attached. */
final class DeviceReach {
    private final Device device;
    private final Firewall firewall;
    /** Who reaches what the secure world gives out of regions that are lent to it, by region. */
    private final Map<AddressRange, AccessList> lendable;
    /** What the device reaches without being stopped. */
    private final List<PhysicalRange> windows;

    private final String limit;

    DeviceReach(Device device, Firewall firewall, Map<AddressRange, AccessList> lendable) {
        this.device = device;
        this.firewall = firewall;
        this.lendable = Map.copyOf(lendable);
        List<AddressRange> bounce = device.regions().stream()
                .map(RegionUse::region)
                .filter(Region.BouncePool.class::isInstance)
                .map(Region::range)
                .toList();
        List<AddressRange> addressable = addressable(device.dma());
        // Beside its bounce buffers the kernel would copy (swiotlb): the device would have a copy, which is no sharing.
        this.windows = (bounce.isEmpty()
                        ? addressable.stream()
                        : bounce.stream()
                                .flatMap(
                                        pool -> addressable.stream().flatMap(window -> overlap(pool, window).stream())))
                .map(DeviceReach::physical)
                .toList();
        this.limit = bounce.isEmpty()
                ? "it has %d address bits%s"
                        .formatted(
                                device.dma().addressBits(),
                                device.dma().windows().isEmpty() ? "" : " and sees what its buses lead to")
                : "it reaches its bounce buffers only, " + bounce.getFirst();
    }

    private static List<AddressRange> addressable(DmaLimits dma) {
        var all = new AddressRange(0, dma.addressBits() >= Long.SIZE - 1 ? Long.MAX_VALUE : 1L << dma.addressBits());
        return dma.windows().isEmpty()
                ? List.of(all)
                : dma.windows().stream()
                        .flatMap(window -> overlap(window, all).stream())
                        .toList();
    }

    private static Optional<AddressRange> overlap(AddressRange one, AddressRange other) {
        long base = Math.max(one.base(), other.base());
        long end = Math.min(one.end(), other.end());
        return base < end ? Optional.of(new AddressRange(base, end - base)) : Optional.empty();
    }

    /** Whether the device can use the memory in any direction. */
    Usability of(MemoryOutlook outlook) {
        return physically(outlook).and(access(outlook));
    }

    /** Whether the device can use the memory if the firewall lets it. */
    Usability physically(MemoryOutlook outlook) {
        DmaLimits dma = device.dma();
        var segments = new Constraints(DmaLimits.MAX_ADDRESS_BITS, dma.maxSegments(), dma.maxSegmentSize(), false);
        return outlook.usability(segments).and(outlook.reachable(windows, limit));
    }

    private Usability access(MemoryOutlook outlook) {
        if (outlook.accessList().isPresent()) {
            return by(outlook.accessList().get());
        }
        if (!outlook.segments().isEmpty()) {
            List<AddressRange> ranges =
                    outlook.segments().stream().map(DeviceReach::range).toList();
            return firewall.permitsAnything(device.name(), ranges)
                    ? Usability.YES
                    : firewall.accessList(ranges).map(this::by).orElse(Usability.YES);
        }
        return outlook.within().stream()
                .map(DeviceReach::range)
                .map(this::accessWithin)
                .reduce(Usability.YES, Usability::and);
    }

    /** By what the firmware decided at boot, or decides whenever the region is lent; other loans are about other buffers. */
    private Usability accessWithin(AddressRange region) {
        AccessList whenLent = lendable.get(region);
        if (whenLent != null) {
            return by(whenLent);
        }
        return firewall.bootRules(region).stream()
                .map(rule -> {
                    Usability access = by(rule.accessList());
                    return rule.range().contains(region) || access.equals(Usability.YES)
                            ? access
                            : Usability.unknown("part of " + region
                                    + " is protected from it, and where a buffer lies shows when it is allocated");
                })
                .reduce(Usability.YES, Usability::and);
    }

    private Usability by(AccessList allowed) {
        return allowed.grants().containsKey(device.name())
                ? Usability.YES
                : Usability.denied("the memory is protected, and open to " + allowed);
    }

    static PhysicalRange physical(AddressRange range) {
        return new PhysicalRange(range.base(), range.size());
    }

    private static AddressRange range(PhysicalRange range) {
        return new AddressRange(range.base(), range.size());
    }
}
