package io.dmaheap.emulator;

import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Pool;
import io.dmaheap.allocators.Range;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The addresses of page-scattered memory. A buffer is made of chunks of 1 MiB, 64 KiB and 4 KiB, the largest that fit and are free,
 * as in {@code alloc_largest_available()} of drivers/dma-buf/heaps/system_heap.c. Each chunk comes from another bank of memory than
 * the one before, as if the machine had been running for a while; the same requests always get the same places.
 *
 * <p>Safe for use by several threads.
 */
final class OrdinaryPages {
    private static final long[] CHUNKS = {1 << 20, 64 << 10, Region.PAGE};
    private static final long SMALLEST_BANK = 32L << 20;
    private static final int MOST_BANKS = 256;

    private final List<AddressRange> memory;
    /** Made when the first device asks: most machines never have one. */
    private final List<Pool> banks = new ArrayList<>();

    private int next;

    /** Pages of {@code memory}. */
    OrdinaryPages(List<AddressRange> memory) {
        this.memory = List.copyOf(memory);
    }

    /**
     * Finds places, which no other buffer has.
     *
     * @param size bytes, whole pages, that the caller knows to be free
     * @return them in the order of the buffer
     */
    synchronized List<AddressRange> take(long size) {
        List<AddressRange> taken = find(size);
        if (taken.isEmpty()) {
            throw new IllegalStateException(size + " bytes have no place in " + memory);
        }
        return taken;
    }

    /** The places that {@link #take} would find now; empty if there are none. */
    synchronized List<AddressRange> next(long size) {
        int before = next;
        List<AddressRange> found = find(size);
        giveBack(found);
        next = before;
        return found;
    }

    /** All memory that pages come from. */
    List<AddressRange> memory() {
        return memory;
    }

    private List<AddressRange> find(long size) {
        if (banks.isEmpty()) {
            split();
        }
        var taken = new ArrayList<AddressRange>();
        int order = 0;
        for (long left = size; left > 0; ) {
            long chunk = CHUNKS[order];
            OptionalLong address = chunk <= left ? findChunk(chunk) : OptionalLong.empty();
            if (address.isPresent()) {
                taken.add(new AddressRange(address.getAsLong(), chunk));
                left -= chunk;
            } else if (++order == CHUNKS.length) {
                giveBack(taken);
                return List.of();
            }
        }
        return taken;
    }

    private void split() {
        long total = memory.stream().mapToLong(AddressRange::size).sum();
        long size = Math.max(SMALLEST_BANK, Math.ceilDiv(total, MOST_BANKS * CHUNKS[0]) * CHUNKS[0]);
        for (AddressRange range : memory) {
            for (long base = range.base(); base < range.end(); base += size) {
                var bank = new Pool(Region.PAGE, Placement.firstFit());
                bank.add(new Range(base, Math.min(size, range.end() - base)));
                banks.add(bank);
            }
        }
    }

    private OptionalLong findChunk(long chunk) {
        for (int tried = 0; tried < banks.size(); tried++) {
            Pool bank = banks.get(next);
            next = (next + 1) % banks.size();
            OptionalLong address = bank.allocate(chunk, Placement.aligned(chunk));
            if (address.isPresent()) {
                return address;
            }
        }
        return OptionalLong.empty();
    }

    /** Gives back places that {@link #take} found. */
    synchronized void giveBack(List<AddressRange> ranges) {
        for (AddressRange range : ranges) {
            for (Pool bank : banks) {
                if (bank.has(new Range(range.base(), range.size()))) {
                    bank.free(range.base(), range.size());
                    break;
                }
            }
        }
    }
}
