package io.dmaheap.allocators;

/**
 * A set of numbers below a bound, one bit each, that also knows neighbours: every 64 words have a summary word above them, up to
 * one word at the top. Adding and asking for a neighbour touch at most two words per level, four levels for 2^24 numbers.
 *
 * <p>The words are numbered like those of a heap: word 0 is the top, and bit i of word w sums up word {@code 64 * w + 1 + i}.
 */
final class IndexSet {
    static final int NONE = -1;

    private final long[] words;
    /** The first word of the lowest level. */
    private final int bottom;

    IndexSet(int bound) {
        int wordCount = (bound + 63) >>> 6;
        int above = 0;
        for (int onLevel = 1; onLevel < wordCount; onLevel <<= 6) {
            above += onLevel;
        }
        bottom = above;
        words = new long[bottom + wordCount];
    }

    boolean contains(int index) {
        return (words[bottom + (index >>> 6)] & 1L << index) != 0;
    }

    /** Adds {@code index} if it is not in the set. */
    void add(int index) {
        int bit = index;
        int word = bottom + (index >>> 6);
        while (true) {
            long before = words[word];
            words[word] = before | 1L << bit;
            if (before != 0 || word == 0) {
                return;
            }
            bit = word - 1;
            word = bit >>> 6;
        }
    }

    /** Removes {@code index}, which is in the set. */
    void remove(int index) {
        int bit = index;
        int word = bottom + (index >>> 6);
        while ((words[word] &= ~(1L << bit)) == 0 && word != 0) {
            bit = word - 1;
            word = bit >>> 6;
        }
    }

    /** The lowest member that is not below {@code from}, or {@link #NONE}. */
    int next(int from) {
        int word = bottom + (from >>> 6);
        if (word >= words.length) {
            return NONE;
        }
        long rest = words[word] & -1L << from;
        while (rest == 0) {
            if (word == 0) {
                return NONE;
            }
            int bit = word - 1;
            word = bit >>> 6;
            rest = words[word] & -2L << bit;
        }
        while (word < bottom) {
            word = (word << 6) + 1 + Long.numberOfTrailingZeros(rest);
            rest = words[word];
        }
        return (word - bottom << 6) + Long.numberOfTrailingZeros(rest);
    }

    /** The highest member that is not above {@code from}, or {@link #NONE}. */
    int previous(int from) {
        if (from < 0) {
            return NONE;
        }
        int word = bottom + (from >>> 6);
        long rest = words[word] & -1L >>> ~from;
        while (rest == 0) {
            if (word == 0) {
                return NONE;
            }
            int bit = word - 1;
            word = bit >>> 6;
            rest = words[word] & ~(-1L << bit);
        }
        while (word < bottom) {
            word = (word << 6) + 64 - Long.numberOfLeadingZeros(rest);
            rest = words[word];
        }
        return (word - bottom << 6 | 63) - Long.numberOfLeadingZeros(rest);
    }
}
