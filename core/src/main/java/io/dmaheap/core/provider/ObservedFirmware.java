package io.dmaheap.core.provider;

import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import java.util.List;
import java.util.Optional;

/**
 * The firmware's service, whose pages to lend are the plugin's view of them.
 *
 * @param firmware the real one
 * @param plugin whose view this is
 */
record ObservedFirmware(ProtectedMemoryFirmware firmware, String plugin) implements ProtectedMemoryFirmware {

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
        return firmware.lendable().map(region -> new ObservedRegion(region, plugin));
    }

    @Override
    public void lend(int useCase, PhysicalRange range, List<Attribute> attributes, long cookie) {
        firmware.lend(useCase, range, attributes, cookie);
    }

    @Override
    public void reclaim(long cookie) {
        firmware.reclaim(cookie);
    }
}
