package io.dmaheap.allocators;

/**
 * The free runs of a chunk by length. Runs of less than 64 units, of which there may be millions, are told apart by a word per
 * node of the map; longer ones, of which there are few, are kept in a search tree.
 */
final class BestFitIndex {
    private final Backlog backlog;
    private final Allocations allocations;
    private final LongRuns longRuns;

    BestFitIndex(int size, Backlog backlog, Allocations allocations) {
        this.backlog = backlog;
        this.allocations = allocations;
        longRuns = new LongRuns(size);
        for (int from = allocations.nextRun(0); from < size; from = allocations.nextRun(from + 1)) {
            longRuns.add(from, allocations.runEnd(from));
        }
    }

    /** Where the lowest of the shortest free runs of at least {@code length} units begins, or {@link Chunk#NONE}. */
    int first(int length) {
        if (length < Words.BITS) {
            ShortRuns shortRuns = backlog.map().shortRuns();
            int shortest = shortRuns.shortest(length);
            if (shortest < Words.BITS) {
                return shortRuns.lowest(shortest);
            }
        }
        return longRuns.shortest(length);
    }

    /** Units {@code from} to {@code to} are about to be taken out of the free run around them. */
    void beforeTake(int from, int to) {
        int runStart = allocations.runStart(from);
        int runEnd = allocations.runEnd(to);
        longRuns.remove(runStart, runEnd);
        longRuns.add(runStart, from);
        longRuns.add(to, runEnd);
    }

    /** Units {@code from} to {@code to} are about to join the free runs before and after them. */
    void beforeRelease(int from, int to) {
        int runStart = allocations.runStart(from);
        int runEnd = allocations.runEnd(to);
        longRuns.remove(runStart, from);
        longRuns.remove(to, runEnd);
        longRuns.add(runStart, runEnd);
    }
}
