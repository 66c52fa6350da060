package io.dmaheap.allocators;

import java.util.Arrays;

/**
 * A {@link FreeMap} that lags behind: changes are only noted, and made when somebody asks the map. While nobody does, the list
 * may grow to a part of the map's size; then it is dropped and the map is made anew from the allocations, which costs no more
 * per change than making them one by one.
 */
final class Backlog {
    private static final int LEAST_LIMIT = 256;

    private final FreeMap map;
    private final Allocations allocations;
    private final int limit;
    /** Pairs of start and end; the end is complemented where the range became free. */
    private int[] changes = new int[2 * 16];

    private int count;

    Backlog(int size, Allocations allocations) {
        map = new FreeMap(size);
        this.allocations = allocations;
        limit = Math.max(LEAST_LIMIT, map.leaves / 8);
    }

    /** How many changes the map does not know. */
    int count() {
        return count;
    }

    void taken(int from, int to) {
        note(from, to);
    }

    void released(int from, int to) {
        note(from, ~to);
    }

    private void note(int from, int to) {
        if (count < limit) {
            if (2 * count == changes.length) {
                changes = Arrays.copyOf(changes, 4 * count);
            }
            changes[2 * count] = from;
            changes[2 * count + 1] = to;
        }
        count = Math.min(count, Integer.MAX_VALUE - 1) + 1;
    }

    /** The map with all changes. */
    FreeMap map() {
        if (count > limit) {
            map.rebuild(allocations);
        } else {
            for (int i = 0; i < count; i++) {
                int from = changes[2 * i];
                int to = changes[2 * i + 1];
                if (to < 0) {
                    map.release(from, ~to);
                } else {
                    map.take(from, to);
                }
            }
        }
        count = 0;
        return map;
    }
}
