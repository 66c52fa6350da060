package io.dmaheap.core.provider;

import io.dmaheap.AccessList;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.PhysicalRange;

/**
 * The firewall, which closes and opens no memory of another plugin.
 *
 * @param firewall the real one
 * @param user whose view this is
 * @param owners who has which region
 */
record ObservedFirewall(MemoryFirewall firewall, RegionOwners.User user, RegionOwners owners)
        implements MemoryFirewall {

    @Override
    public void restrict(PhysicalRange range, AccessList allowed) {
        owners.requireNotOfOthers(user, range);
        firewall.restrict(range, allowed);
    }

    @Override
    public void unrestrict(PhysicalRange range) {
        owners.requireNotOfOthers(user, range);
        firewall.unrestrict(range);
    }
}
