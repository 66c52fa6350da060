package io.dmaheap.emulator;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Who holds which part of the regions, by physical address. Safe for use by several threads. */
final class PhysicalMemory {
    private final NavigableMap<Long, Tenant> tenants = new TreeMap<>();

    /**
     * A part that is taken.
     *
     * @param range its addresses
     * @param owner what it was taken for
     */
    record Tenant(AddressRange range, String owner) {
        @Override
        public String toString() {
            return range + " (" + owner + ")";
        }
    }

    /**
     * Takes a range.
     *
     * @throws IllegalArgumentException if somebody has some of it; nothing is taken then
     */
    synchronized void take(AddressRange range, String owner) {
        holderOfSome(range).ifPresent(tenant -> {
            throw new IllegalArgumentException(range + " is not free: it overlaps " + tenant);
        });
        tenants.put(range.base(), new Tenant(range, owner));
    }

    /** Gives back a range that was taken as a whole. */
    synchronized void giveBack(AddressRange range) {
        tenants.remove(range.base());
    }

    /** Who has some of the range; the one with the highest address if there are several. */
    synchronized Optional<Tenant> holderOfSome(AddressRange range) {
        return Optional.ofNullable(tenants.lowerEntry(range.end()))
                .map(entry -> entry.getValue())
                .filter(tenant -> tenant.range().overlaps(range));
    }
}
