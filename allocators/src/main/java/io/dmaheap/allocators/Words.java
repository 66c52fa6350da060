package io.dmaheap.allocators;

/** Runs of set bits inside one word, whose lowest bit is the first unit. */
final class Words {
    static final int BITS = Long.SIZE;

    /** The bits at which {@code length} set bits begin, 1 to 64. */
    static long starts(long word, int length) {
        long starts = word;
        for (int known = 1; known < length; ) {
            int step = Math.min(known, length - known);
            starts &= starts >>> step;
            known += step;
        }
        return starts;
    }

    /** The length of the longest run of set bits that begins at one of {@code candidates}; 0 if none of them is set. */
    static int longest(long word, long candidates) {
        long two = word & word >>> 1;
        long four = two & two >>> 2;
        long eight = four & four >>> 4;
        long sixteen = eight & eight >>> 8;
        long thirtyTwo = sixteen & sixteen >>> 16;
        if ((thirtyTwo & thirtyTwo >>> 32 & candidates) != 0) {
            return BITS;
        }
        // Binary search for the length: the survivors are the candidates with at least `length` set bits behind them.
        long survivors = candidates;
        int length = 0;
        long longer = survivors & thirtyTwo;
        if (longer != 0) {
            survivors = longer;
            length = 32;
        }
        longer = survivors & sixteen >>> length;
        if (longer != 0) {
            survivors = longer;
            length += 16;
        }
        longer = survivors & eight >>> length;
        if (longer != 0) {
            survivors = longer;
            length += 8;
        }
        longer = survivors & four >>> length;
        if (longer != 0) {
            survivors = longer;
            length += 4;
        }
        longer = survivors & two >>> length;
        if (longer != 0) {
            survivors = longer;
            length += 2;
        }
        return (survivors & word >>> length) != 0 ? length + 1 : length;
    }

    /** Bits {@code from} (inclusive) to {@code to} (exclusive), where {@code 0 <= from < to <= 64}. */
    static long mask(int from, int to) {
        return -1L << from & -1L >>> -to;
    }

    private Words() {}
}
