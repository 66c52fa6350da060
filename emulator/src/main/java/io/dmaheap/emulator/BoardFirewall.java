package io.dmaheap.emulator;

import io.dmaheap.AccessList;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.memory.PhysicalMemory;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.PhysicalRange;

/**
 * The firewall's firmware call: the normal world asks, the secure side does.
 *
 * @param physical what is lent
 */
record BoardFirewall(PhysicalMemory physical) implements MemoryFirewall {
    @Override
    public void restrict(PhysicalRange range, AccessList allowed) {
        physical.protect(new AddressRange(range.base(), range.size()), allowed);
    }

    @Override
    public void unrestrict(PhysicalRange range) {
        physical.release(new AddressRange(range.base(), range.size()));
    }
}
