package io.dmaheap.core.provider;

import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import java.util.List;
import java.util.Optional;

/**
 * The firmware's service, whose pages to lend are the plugin's view of them, and which takes back no loan of another plugin.
 *
 * @param firmware the real one
 * @param user whose view this is
 * @param owners who has which region and loan
 * @param releases sees what becomes of the memory of the region to lend
 */
record ObservedFirmware(
        ProtectedMemoryFirmware firmware, RegionOwners.User user, RegionOwners owners, ReleaseWatch releases)
        implements ProtectedMemoryFirmware {

    @Override
    public Optional<PhysicalRange> staticPool() {
        return firmware.staticPool();
    }

    @Override
    public Optional<Config> config(int useCase) {
        return firmware.config(useCase);
    }

    @Override
    public Optional<MemoryRegion> lendable() {
        return firmware.lendable().map(region -> new ObservedRegion(region, user, owners, releases));
    }

    @Override
    public void lend(int useCase, PhysicalRange range, List<Attribute> attributes, long cookie) {
        owners.requireNotOfOthers(user, range);
        owners.lent(user, cookie);
        firmware.lend(useCase, range, attributes, cookie);
    }

    @Override
    public void reclaim(long cookie) {
        owners.requireLoan(user, cookie);
        firmware.reclaim(cookie);
        owners.reclaimed(cookie);
    }
}
