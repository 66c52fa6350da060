package io.dmaheap.allocators;

/**
 * The free runs of a {@link FreeMap} by length. Runs of less than 64 units, of which there may be millions, are told apart by a
 * word per node of the map; longer ones, of which there are few, are kept in a search tree.
 */
final class BestFitIndex {
    private final FreeMap map;
    private final ShortRuns shortRuns;
    private final LongRuns longRuns;

    BestFitIndex(FreeMap map) {
        this.map = map;
        shortRuns = map.shortRuns();
        longRuns = new LongRuns(map.size);
        for (int from = map.nextFree(0); from < map.size; ) {
            int to = map.nextBusy(from);
            longRuns.add(from, to);
            from = map.nextFree(to);
        }
    }

    /** Where the lowest of the shortest free runs of at least {@code length} units begins, or {@link FreeMap#NONE}. */
    int first(int length) {
        int shortest = shortRuns.shortest(length);
        return shortest < Words.BITS ? shortRuns.lowest(shortest) : longRuns.shortest(length);
    }

    /** Units {@code from} to {@code to} are about to be taken out of the free run around them. */
    void beforeTake(int from, int to) {
        int runStart = map.previousBusy(from) + 1;
        int runEnd = map.nextBusy(to);
        longRuns.remove(runStart, runEnd);
        longRuns.add(runStart, from);
        longRuns.add(to, runEnd);
    }

    /** Units {@code from} to {@code to} are about to join the free runs before and after them. */
    void beforeRelease(int from, int to) {
        int runStart = map.previousBusy(from) + 1;
        int runEnd = map.nextBusy(to);
        longRuns.remove(runStart, from);
        longRuns.remove(to, runEnd);
        longRuns.add(runStart, runEnd);
    }
}
