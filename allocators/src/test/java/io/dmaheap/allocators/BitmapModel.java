package io.dmaheap.allocators;

import java.util.BitSet;

/** A bitmap and the kernel's way to look for room in it, step by step, as slow and as obvious as it can be. */
class BitmapModel {
    final int size;
    final BitSet busy = new BitSet();

    BitmapModel(int size) {
        this.size = size;
    }

    /** The lowest aligned place from {@code start} on with {@code count} clear bits; at least {@code size} if there is none. */
    long nextZeroArea(long start, long count, long mask, long offset) {
        long from = start;
        while (true) {
            long index = aligned(nextClear(from) + offset, mask) - offset;
            long end = index + count;
            if (end > size) {
                return end;
            }
            long conflict = nextSet(index, end);
            if (conflict >= end) {
                return index;
            }
            from = conflict + 1;
        }
    }

    long aligned(long index, long mask) {
        return index + mask & ~mask;
    }

    long nextClear(long from) {
        long at = from;
        while (at < size && busy.get((int) at)) {
            at++;
        }
        return at;
    }

    long nextSet(long from, long end) {
        long at = from;
        while (at < end && !busy.get((int) at)) {
            at++;
        }
        return at;
    }

    int longestClear() {
        int longest = 0;
        int run = 0;
        for (int bit = 0; bit < size; bit++) {
            run = busy.get(bit) ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
