package io.dmaheap.allocators;

/**
 * For every node of a {@link FreeMap}, which requests of 1 to 64 units that are aligned to themselves, rounded up to a power of
 * two, find a place in it: bit n - 1 is set if there is one for n units.
 *
 * <p>Such a request always lies in one block of its order, so no run over the middle of a node matters, and one word serves
 * seven alignments.
 */
final class AlignedBlocks {
    /** Per order, the bits of a word that are a multiple of {@code 1 << order}. */
    private static final long[] MULTIPLES = {
        -1L,
        0x5555_5555_5555_5555L,
        0x1111_1111_1111_1111L,
        0x0101_0101_0101_0101L,
        0x0001_0001_0001_0001L,
        0x0000_0001_0000_0001L,
        1L
    };

    private final FreeMap map;
    private final long[] lengths;

    AlignedBlocks(FreeMap map) {
        this.map = map;
        lengths = new long[2 * map.leaves];
    }

    /** Fills in the values of a map that is in use already. */
    void build(int node, int span) {
        if (map.isUniform(node, span)) {
            setAll(node, !map.isAllBusy(node));
            return;
        }
        if (span > Words.BITS) {
            build(2 * node, span >>> 1);
            build(2 * node + 1, span >>> 1);
        }
        update(node, span);
    }

    void setAll(int node, boolean free) {
        lengths[node] = free ? -1L : 0;
    }

    /** Computes the value of a node anew from what lies below it; returns whether it changed. */
    boolean update(int node, int span) {
        long before = lengths[node];
        long now = span == Words.BITS ? lengths(map.word(node)) : lengths[2 * node] | lengths[2 * node + 1];
        lengths[node] = now;
        return now != before;
    }

    private static long lengths(long word) {
        long found = word == 0 ? 0 : 1;
        long starts = word;
        for (int order = 1; order < MULTIPLES.length; order++) {
            int half = 1 << order - 1;
            long candidates = starts & MULTIPLES[order];
            if (candidates == 0) {
                break;
            }
            int longest = Math.min(2 * half, Words.longest(word, candidates));
            if (longest > half) {
                found |= Words.mask(half, longest);
            }
            starts &= starts >>> half;
        }
        return found;
    }

    /** The lowest place from {@code from} on for {@code length} units, or {@link FreeMap#NONE}. */
    int first(int length, int from) {
        return first(length, from, 1, 0, map.span);
    }

    private int first(int length, int from, int node, int at, int span) {
        if ((lengths[node] & 1L << length - 1) == 0 || from >= at + span) {
            return FreeMap.NONE;
        }
        int order = Integer.SIZE - Integer.numberOfLeadingZeros(length - 1);
        if (map.isAllFree(node, span)) {
            int place = Math.max(at, from) + (1 << order) - 1 & -1 << order;
            return place < at + span ? place : FreeMap.NONE;
        }
        if (span == Words.BITS) {
            long starts = Words.starts(map.word(node), length) & MULTIPLES[order] & -1L << Math.max(0, from - at);
            return starts == 0 ? FreeMap.NONE : at + Long.numberOfTrailingZeros(starts);
        }
        int half = span >>> 1;
        int found = first(length, from, 2 * node, at, half);
        return found != FreeMap.NONE ? found : first(length, from, 2 * node + 1, at + half, half);
    }
}
