package io.dmaheap.allocators;

/**
 * The free runs of a chunk by length. Runs of less than 64 units, of which there may be millions, are told apart by a word per
 * node of the map; longer ones, of which there are few, are kept in a search tree.
 */
final class BestFitIndex {
    private final Backlog backlog;
    private final LongRuns longRuns;

    BestFitIndex(int size, Backlog backlog, Allocations allocations) {
        this.backlog = backlog;
        longRuns = new LongRuns(size);
        allocations
                .starts()
                .filter(start -> !allocations.beginsAt(start))
                .forEach(start -> longRuns.add(start, allocations.end(start)));
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

    /** Units {@code from} to {@code to} were taken out of the free run from {@code run} to {@code runEnd}. */
    void taken(int run, int from, int to, int runEnd) {
        longRuns.remove(run, runEnd);
        longRuns.add(run, from);
        longRuns.add(to, runEnd);
    }

    /** Units {@code from} to {@code to} became a part of the free run from {@code run} to {@code runEnd}. */
    void released(int run, int from, int to, int runEnd) {
        longRuns.remove(run, from);
        longRuns.remove(to, runEnd);
        longRuns.add(run, runEnd);
    }
}
