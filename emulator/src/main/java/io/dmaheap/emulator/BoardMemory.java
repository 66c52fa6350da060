package io.dmaheap.emulator;

import io.dmaheap.emulator.bus.Contents;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.spi.Memory;

/** Memory of the emulated machine, as its devices see it. */
sealed interface BoardMemory extends Memory permits EmulatedMemory, ProtectedMemory {

    /** Where it lies. */
    ScatterList addresses();

    /** Whether it belongs to the machine with this firewall. */
    boolean isBehind(Firewall firewall);

    /** The bytes for a device, whatever the CPU may do with them. */
    Contents contents();
}
