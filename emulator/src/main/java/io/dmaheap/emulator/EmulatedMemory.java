package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.linux.memfd.MemfdMemory;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;

/**
 * Memory that was taken from the emulated machine, and goes back to it when its bytes are gone. The CPU and other processes see what
 * it forwards to; devices see {@link #addresses()} and, behind them, the bytes.
 */
final class EmulatedMemory extends ForwardingMemory {
    private final Memory seen;
    private final Memory bytes;
    private final Place place;
    private final Firewall firewall;

    /** Memory whose bytes the CPU may touch. */
    EmulatedMemory(Memory bytes, Place place, Firewall firewall) {
        this(bytes, bytes, place, firewall);
    }

    /** Memory where the CPU sees {@code seen} instead of the bytes. */
    EmulatedMemory(Memory seen, Memory bytes, Place place, Firewall firewall) {
        super(seen);
        this.seen = seen;
        this.bytes = bytes;
        this.place = place;
        this.firewall = firewall;
    }

    /** Itself: devices of this machine know it, and nothing of the host. */
    @Override
    public Memory backing() {
        return this;
    }

    /** Where it lies. */
    ScatterList addresses() {
        return place.addresses();
    }

    /** Whether it belongs to the machine with this firewall. */
    boolean isBehind(Firewall other) {
        return firewall == other;
    }

    /** The bytes for a device, whatever the CPU may do with them. */
    Mapping mapForDevice() {
        return bytes instanceof MemfdMemory memfd ? memfd.mapForDevice() : bytes.map(Access.READ_WRITE);
    }

    @Override
    public void release() {
        super.release();
        if (bytes != seen) {
            bytes.release();
        }
        place.giveBack();
    }
}
