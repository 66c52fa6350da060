package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Which memory is whose while the board is read: the part that {@code mm/memblock.c} plays in a kernel. */
final class MemoryMap {
    private final List<AddressRange> memory;
    private final List<AddressRange> taken;
    private final List<Claim> claims = new ArrayList<>();

    /**
     * A range that a region has.
     *
     * @param range where
     * @param path the node of the region
     */
    record Claim(AddressRange range, String path) {}

    /** A map of {@code memory}, ascending, in which {@code reserved} cannot be given to a region that asks for any place. */
    MemoryMap(List<AddressRange> memory, List<AddressRange> reserved) {
        this.memory = memory;
        this.taken = new ArrayList<>(reserved);
    }

    boolean hasMemory(AddressRange range) {
        return memory.stream().anyMatch(m -> m.contains(range));
    }

    /** The ranges that regions have, in the order in which they got them. */
    List<Claim> claims() {
        return List.copyOf(claims);
    }

    void claim(AddressRange range, String path) {
        claims.add(new Claim(range, path));
        withhold(range);
    }

    /** Keeps a range from being used as ordinary memory, for a region that is described wrongly but may well exist. */
    void withhold(AddressRange range) {
        taken.add(range);
    }

    /** What is neither claimed nor withheld, ascending. */
    List<AddressRange> free() {
        return memory.stream().flatMap(m -> m.without(taken).stream()).toList();
    }

    /**
     * Finds a place as {@code __reserved_mem_alloc_in_range()} of {@code drivers/of/of_reserved_mem.c} (linux 6.6 and later) does: the
     * highest one in {@code within}; but the lowest one if a region touches its start and none touches its end, so that regions lie
     * side by side.
     */
    OptionalLong place(long size, long alignment, AddressRange within) {
        boolean atStart = claims.stream().anyMatch(claim -> touches(claim.range(), within.base()));
        boolean atEnd = claims.stream().anyMatch(claim -> touches(claim.range(), within.end()));
        return find(size, alignment, within, atStart && !atEnd);
    }

    /** Finds the highest place anywhere. The first page of the address space is never given out. */
    OptionalLong place(long size, long alignment) {
        return find(size, alignment, new AddressRange(0, Long.MAX_VALUE), false);
    }

    private OptionalLong find(long size, long alignment, AddressRange within, boolean lowest) {
        var free = free();
        for (var gap : lowest ? free : free.reversed()) {
            long from = Math.max(Math.max(gap.base(), within.base()), Region.PAGE);
            long to = Math.min(gap.end(), within.end());
            if (to - from < size) {
                continue;
            }
            long base = lowest ? Math.ceilDiv(from, alignment) * alignment : (to - size) / alignment * alignment;
            if (base >= from && base <= to - size) {
                return OptionalLong.of(base);
            }
        }
        return OptionalLong.empty();
    }

    private static boolean touches(AddressRange range, long address) {
        return range.base() <= address && address <= range.end();
    }
}
