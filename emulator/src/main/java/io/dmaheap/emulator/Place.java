package io.dmaheap.emulator;

import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.memory.PhysicalMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a buffer lies in the emulated machine's memory. Safe for use by several threads. */
sealed interface Place {

    /** The physical addresses. They never change. */
    ScatterList addresses();

    /** Gives the memory back to the machine. Called once, after everything else. */
    void giveBack();

    /**
     * A part of a region.
     *
     * @param physical who holds what of the regions
     * @param range the part, which is taken
     */
    record InRegion(PhysicalMemory physical, AddressRange range) implements Place {
        @Override
        public ScatterList addresses() {
            return ScatterList.of(range);
        }

        @Override
        public void giveBack() {
            physical.giveBack(range);
        }
    }

    /** Ordinary pages. They are counted at once and get their addresses when the first device asks; nobody else could. */
    final class Scattered implements Place {
        private final Dram dram;
        private final OrdinaryPages pages;
        private final long size;
        private @Nullable List<AddressRange> taken;

        /** So many bytes, which were taken from {@code dram}. */
        Scattered(Dram dram, OrdinaryPages pages, long size) {
            this.dram = dram;
            this.pages = pages;
            this.size = size;
        }

        @Override
        public synchronized ScatterList addresses() {
            if (taken == null) {
                taken = pages.take(size);
            }
            return new ScatterList(taken);
        }

        /** The pages before the count, since the count is what says that there are pages. */
        @Override
        public synchronized void giveBack() {
            if (taken != null) {
                pages.giveBack(taken);
            }
            dram.giveBack(size);
        }
    }
}
