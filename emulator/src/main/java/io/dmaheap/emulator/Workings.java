package io.dmaheap.emulator;

import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.memory.PhysicalMemory;
import io.dmaheap.emulator.memory.SecureStore;
import io.dmaheap.spi.PhysicalRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the parts of one running machine share.
 *
 * @param host where bytes that the CPU may touch really are
 * @param firewall between devices and memory
 * @param store the bytes that the CPU may not touch
 * @param physical who holds which part of the regions
 * @param tokens the descriptors of what the CPU may not touch
 * @param pinned what was held in place when the machine was switched on
 * @param faults what a test does to it
 */
record Workings(
        Host host,
        Firewall firewall,
        SecureStore store,
        PhysicalMemory physical,
        Tokens tokens,
        List<AddressRange> pinned,
        Faults faults)
        implements AutoCloseable {

    /** A machine just switched on. */
    static Workings of(Machine machine, Faults faults) {
        var host = Host.open(machine.backing(), faults);
        var firewall = new Firewall(BootRules.of(machine.board()));
        var store = new SecureStore(faults);
        return new Workings(
                host,
                firewall,
                store,
                new PhysicalMemory(firewall, store, faults),
                new Tokens(host),
                machine.pinned(),
                faults);
    }

    /** What holds pages of the range in place, if anything does. */
    Optional<Object> pinnedWithin(AddressRange range) {
        for (AddressRange fixed : pinned) {
            if (fixed.overlaps(range)) {
                return Optional.of(fixed);
            }
        }
        return faults.pinnedWithin(range.base(), range.end()).map(fixed -> fixed);
    }

    /** Everything that is held in place now, by address and without overlap. */
    List<AddressRange> allPinned() {
        List<AddressRange> all = new ArrayList<>(pinned);
        for (PhysicalRange range : faults.pinned()) {
            all.addAll(new AddressRange(range.base(), range.size()).without(List.copyOf(all)));
        }
        all.sort(Comparator.comparingLong(AddressRange::base));
        return all;
    }

    @Override
    public void close() {
        tokens.close();
        store.close();
        host.close();
    }
}
