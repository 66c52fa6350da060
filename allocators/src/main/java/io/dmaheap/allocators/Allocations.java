package io.dmaheap.allocators;

import java.util.stream.IntStream;

/**
 * What is allocated in a chunk and what is free between, as one bit where each allocation begins and one behind its last unit.
 * Where one ends and none begins, a free run does, so these bits tell whole allocations from parts and from neighbours, and an
 * allocation is two of them, whatever its size.
 *
 * <p>Each word of 64 units knows the last bit before it and the first one behind it, so that neighbours are found in constant
 * time over any distance. Of a word without a bit that is not kept up to date.
 */
final class Allocations {
    static final int NONE = IndexSet.NONE;

    private final int size;
    /** Where allocations begin, and the size: every free run has an end. */
    private final long[] firsts;
    /** Where allocations have ended, and 0: every free run has a beginning. */
    private final long[] ends;
    /** Per word the last bit before it and the first one behind it, of either kind. */
    private final int[] neighbours;
    /** The words in which free runs begin, and some in which they did: a run that goes is mostly followed by one nearby. */
    private final IndexSet runWords;

    private int count;

    Allocations(int size) {
        this.size = size;
        int words = size / Words.BITS + 1;
        firsts = new long[words];
        ends = new long[words];
        neighbours = new int[2 * words];
        runWords = new IndexSet(words);
        ends[0] = 1;
        firsts[words - 1] = 1L << size;
        runWords.add(0);
        link(0, size);
    }

    int count() {
        return count;
    }

    /** Whether an allocation begins at {@code unit}. */
    boolean beginsAt(int unit) {
        return (firsts[unit >>> 6] >>> unit & 1) != 0;
    }

    /** The end of the allocation or free run that begins at {@code start}. */
    int end(int start) {
        int word = start >>> 6;
        return firstBit(word, (firsts[word] | ends[word]) & -2L << start);
    }

    /** Where the free run begins that ends at {@code first}, the beginning of an allocation; {@code first} if there is none. */
    int runBefore(int first) {
        int word = first >>> 6;
        if ((ends[word] >>> first & 1) != 0) {
            return first;
        }
        long before = (firsts[word] | ends[word]) & ~(-1L << first);
        return before == 0 ? neighbours[2 * word] : (first | 63) - Long.numberOfLeadingZeros(before);
    }

    /** Where the free run ends that begins at {@code end}, the end of an allocation; {@code end} if there is none. */
    int runBehind(int end) {
        return beginsAt(end) ? end : end(end);
    }

    /** The first free run that begins at {@code unit} or behind it; one from the size to the size if there is none. */
    long nextRun(int unit) {
        int word = unit >>> 6;
        long runs = runs(word) & -1L << unit;
        while (runs == 0) {
            word = runWords.next(word + 1);
            if (word == NONE) {
                return FreeRun.between(size, size);
            }
            runs = runs(word);
            if (runs == 0) {
                runWords.remove(word);
            }
        }
        long behind = (firsts[word] | ends[word]) & ~(runs ^ runs - 1); // all above the lowest run
        return FreeRun.between((word << 6) + Long.numberOfTrailingZeros(runs), firstBit(word, behind));
    }

    /** The last free run that begins at {@code unit} or before, or {@link #NONE}. */
    long previousRun(int unit) {
        int word = unit >>> 6;
        long runs = runs(word) & -1L >>> ~unit;
        while (runs == 0) {
            word = runWords.previous(word - 1);
            if (word == NONE) {
                return NONE;
            }
            runs = runs(word);
            if (runs == 0) {
                runWords.remove(word);
            }
        }
        int start = (word << 6 | 63) - Long.numberOfLeadingZeros(runs);
        return FreeRun.between(start, end(start));
    }

    private long runs(int word) {
        return ends[word] & ~firsts[word];
    }

    private int firstBit(int word, long bits) {
        return bits == 0 ? neighbours[2 * word + 1] : (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** Adds an allocation in the free run from {@code run} to {@code runEnd}. */
    void add(int run, int from, int to, int runEnd) {
        count++;
        firsts[from >>> 6] |= 1L << from;
        ends[to >>> 6] |= 1L << to;
        runWords.add(to >>> 6);
        link(run, from);
        link(from, to);
        link(to, runEnd);
    }

    /** Removes an allocation, which becomes a part of the free run from {@code run} to {@code runEnd}. */
    void remove(int run, int from, int to, int runEnd) {
        count--;
        firsts[from >>> 6] &= ~(1L << from);
        ends[to >>> 6] &= ~(1L << to);
        runWords.add(run >>> 6);
        link(run, runEnd);
    }

    /** Notes that two bits have none between them. */
    private void link(int bit, int next) {
        int word = bit >>> 6;
        int nextWord = next >>> 6;
        if (word != nextWord) {
            neighbours[2 * word + 1] = next;
            neighbours[2 * nextWord] = bit;
        }
    }

    /** Where the allocation around {@code unit} begins, or {@link #NONE} if that is free. Looks back word by word. */
    int first(int unit) {
        int word = unit >>> 6;
        long bits = (firsts[word] | ends[word]) & -1L >>> ~unit;
        while (bits == 0) {
            word--;
            bits = firsts[word] | ends[word];
        }
        int start = (word << 6 | 63) - Long.numberOfLeadingZeros(bits);
        return beginsAt(start) ? start : NONE;
    }

    /** Where allocations and free runs begin, in order. */
    IntStream starts() {
        return IntStream.iterate(0, start -> start < size, this::end);
    }
}
