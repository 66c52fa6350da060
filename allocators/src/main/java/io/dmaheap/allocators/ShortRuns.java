package io.dmaheap.allocators;

/**
 * For every node of a {@link FreeMap}, which lengths below 64 occur among the free runs that lie inside it without touching its
 * ends: bit n is set if there is a run of exactly n units.
 */
final class ShortRuns {
    private final FreeMap map;
    private final long[] lengths;

    ShortRuns(FreeMap map) {
        this.map = map;
        lengths = new long[2 * map.leaves];
    }

    /** Fills in the values of a map that is in use already. */
    void build(int node, int span) {
        if (map.isUniform(node, span)) {
            return;
        }
        if (span > Words.BITS) {
            build(2 * node, span >>> 1);
            build(2 * node + 1, span >>> 1);
        }
        update(node, span);
    }

    void setAll(int node) {
        lengths[node] = 0;
    }

    /** Computes the value of a node anew from what lies below it; returns whether it changed. */
    boolean update(int node, int span) {
        long before = lengths[node];
        long now = span == Words.BITS
                ? inside(map.word(node))
                : lengths[2 * node] | lengths[2 * node + 1] | bit(across(node, span));
        lengths[node] = now;
        return now != before;
    }

    /** The shortest run of at least {@code length} and less than 64 units: its length, or 64 if there is none. */
    int shortest(int length) {
        long present = lengths[1] | bit(map.prefix(1)) | bit(map.suffix(1));
        return length >= Words.BITS ? Words.BITS : Long.numberOfTrailingZeros(present & -1L << length);
    }

    /** Where the lowest run of exactly {@code length} units begins, if {@link #shortest} said that there is one. */
    int lowest(int length) {
        if (map.prefix(1) == length) {
            return 0;
        }
        if ((lengths[1] & bit(length)) == 0) {
            return map.span - length;
        }
        int node = 1;
        int at = 0;
        int span = map.span;
        while (span > Words.BITS) {
            int left = 2 * node;
            int half = span >>> 1;
            if ((lengths[left] & bit(length)) != 0) {
                node = left;
            } else if (across(node, span) == length) {
                return at + half - map.suffix(left);
            } else {
                node = left + 1;
                at += half;
            }
            span = half;
        }
        return at + startInside(map.word(node), length);
    }

    /** The length of the run over the middle of a node; 0 if there is none or if it touches an end. */
    private int across(int node, int span) {
        int half = span >>> 1;
        int before = map.suffix(2 * node);
        int after = map.prefix(2 * node + 1);
        return before == half || after == half ? 0 : before + after;
    }

    private static long bit(int length) {
        return length > 0 && length < Words.BITS ? 1L << length : 0;
    }

    private static long inside(long word) {
        long rest = withoutEnds(word);
        long lengths = 0;
        while (rest != 0) {
            rest >>>= Long.numberOfTrailingZeros(rest);
            int length = Long.numberOfTrailingZeros(~rest);
            rest >>>= length;
            lengths |= 1L << length;
        }
        return lengths;
    }

    private static int startInside(long word, int length) {
        long rest = withoutEnds(word);
        while (true) {
            int start = Long.numberOfTrailingZeros(rest);
            int found = Long.numberOfTrailingZeros(~(rest >>> start));
            if (found == length) {
                return start;
            }
            rest &= -1L << start + found;
        }
    }

    private static long withoutEnds(long word) {
        long withoutPrefix = word & word + 1;
        int suffix = Long.numberOfLeadingZeros(~withoutPrefix);
        return withoutPrefix << suffix >>> suffix;
    }
}
