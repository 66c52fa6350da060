package io.dmaheap.allocators;

/**
 * Where a search may begin for the requests of one size class: no free run that begins below {@link #start} has a place for the
 * smallest of them so far. Buffers come in few sizes, so the smallest is mostly the one that is asked for.
 */
final class Hint {
    private int smallest = Integer.MAX_VALUE;
    private int mask;
    private int offset;
    private int start;
    /** The lowest run that was freed and has a place for this class or a larger one, since {@link #lower} was last called. */
    private int freed = Integer.MAX_VALUE;

    /** The smallest request of the class so far: what the start is about. */
    int smallest() {
        return smallest;
    }

    int start() {
        return start;
    }

    /** To be told that no run below {@code run} has a place. */
    void setStart(int run) {
        start = run;
    }

    /** Whether this says something about such a request: not if it is smaller than all before, or aligned to something else. */
    boolean isFor(int units, int newMask, int newOffset) {
        return units >= smallest && newMask == mask && newOffset == offset;
    }

    /** Forgets all: the class is about requests of this size and alignment from now on. */
    void begin(int units, int newMask, int newOffset) {
        smallest = units;
        mask = newMask;
        offset = newOffset;
        start = 0;
    }

    /** The lowest unit from {@code from} on whose distance from unit {@code -offset} is a multiple of {@code mask + 1}. */
    int place(int from) {
        return (from + offset + mask & ~mask) - offset;
    }

    /** Whether the smallest request of the class finds a place in a free run. */
    boolean fitsInto(int run, int runEnd) {
        return place(run) + smallest <= runEnd;
    }

    /** Notes a run that was freed and has a place. */
    void freed(int run) {
        freed = Math.min(freed, run);
    }

    /** Lowers the start to what was freed; {@code larger} is what this returned for the next larger class. */
    int lower(int larger) {
        int lowest = Math.min(larger, freed);
        freed = Integer.MAX_VALUE;
        start = Math.min(start, lowest);
        return lowest;
    }
}
