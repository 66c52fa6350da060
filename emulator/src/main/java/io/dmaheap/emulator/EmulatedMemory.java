package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.emulator.bus.Contents;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.bus.MappedContents;
import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.linux.memfd.MemfdMemory;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;

/**
 * Memory that was taken from the emulated machine for the CPU to use as well, and goes back to it when its bytes are gone. The CPU and
 * other processes see the host's memory that it forwards to; devices see {@link #addresses()} and, behind them, the same bytes.
 */
final class EmulatedMemory extends ForwardingMemory implements BoardMemory {
    private final Memory bytes;
    private final Place place;
    private final Firewall firewall;
    private final Release release = new Release();

    /** Memory of the host at a place of the machine. */
    EmulatedMemory(Memory bytes, Place place, Firewall firewall) {
        super(bytes);
        this.bytes = bytes;
        this.place = place;
        this.firewall = firewall;
    }

    /** Itself: devices of this machine know it, and nothing of the host. */
    @Override
    public Memory backing() {
        return this;
    }

    @Override
    public ScatterList addresses() {
        release.checkNotDone();
        return place.addresses();
    }

    @Override
    public boolean isBehind(Firewall other) {
        return firewall == other;
    }

    @Override
    public Contents contents() {
        release.checkNotDone();
        return new MappedContents(
                bytes instanceof MemfdMemory memfd ? memfd.mapForDevice() : bytes.map(Access.READ_WRITE));
    }

    @Override
    public void release() {
        if (release.begin(this)) {
            super.release();
            place.giveBack();
        } else {
            releasedAgain();
        }
    }
}
