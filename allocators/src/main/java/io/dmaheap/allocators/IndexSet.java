package io.dmaheap.allocators;

/**
 * A set of numbers below a bound, one bit each, that also knows neighbours: every 64 words have a summary word above them, up to
 * one word at the top. Adding and asking for a neighbour touch at most two words per level, four levels for 2^24 numbers.
 */
final class IndexSet {
    static final int NONE = -1;

    private final long[][] levels;
    private int count;

    IndexSet(int bound) {
        int depth = 1;
        for (int words = wordsFor(bound); words > 1; words = wordsFor(words)) {
            depth++;
        }
        levels = new long[depth][];
        int words = bound;
        for (int level = 0; level < depth; level++) {
            words = wordsFor(words);
            levels[level] = new long[words];
        }
    }

    int count() {
        return count;
    }

    boolean contains(int index) {
        return (levels[0][index >>> 6] & 1L << index) != 0;
    }

    /** Adds {@code index}, which is not in the set. */
    void add(int index) {
        count++;
        int at = index;
        for (long[] level : levels) {
            long before = level[at >>> 6];
            level[at >>> 6] = before | 1L << at;
            if (before != 0) {
                return;
            }
            at >>>= 6;
        }
    }

    /** Removes {@code index}, which is in the set. */
    void remove(int index) {
        count--;
        int at = index;
        for (long[] level : levels) {
            if ((level[at >>> 6] &= ~(1L << at)) != 0) {
                return;
            }
            at >>>= 6;
        }
    }

    /** The lowest member that is not below {@code from}, or {@link #NONE}. */
    int next(int from) {
        int at = from;
        for (int level = 0; level < levels.length; level++) {
            if (at >>> 6 >= levels[level].length) {
                return NONE;
            }
            long rest = levels[level][at >>> 6] & -1L << at;
            if (rest != 0) {
                return lowest(level, (at & ~63) + Long.numberOfTrailingZeros(rest));
            }
            at = (at >>> 6) + 1;
        }
        return NONE;
    }

    /** The highest member that is not above {@code from}, or {@link #NONE}. */
    int previous(int from) {
        int at = from;
        for (int level = 0; level < levels.length && at >= 0; level++) {
            long rest = levels[level][at >>> 6] & -1L >>> ~at;
            if (rest != 0) {
                return highest(level, (at | 63) - Long.numberOfLeadingZeros(rest));
            }
            at = (at >>> 6) - 1;
        }
        return NONE;
    }

    private int lowest(int level, int word) {
        int at = word;
        for (int below = level - 1; below >= 0; below--) {
            at = (at << 6) + Long.numberOfTrailingZeros(levels[below][at]);
        }
        return at;
    }

    private int highest(int level, int word) {
        int at = word;
        for (int below = level - 1; below >= 0; below--) {
            at = (at << 6 | 63) - Long.numberOfLeadingZeros(levels[below][at]);
        }
        return at;
    }

    private static int wordsFor(int bits) {
        return (bits + 63) >>> 6;
    }
}
