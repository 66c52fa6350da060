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
    /** The start in the upper half; in the lower the end, complemented where the range became free. */
    private long[] changes = new long[16];

    private int count;
    private boolean dropped;

    Backlog(int size, Allocations allocations) {
        map = new FreeMap(size);
        this.allocations = allocations;
        limit = Math.max(LEAST_LIMIT, map.leaves / 8);
    }

    void taken(int from, int to) {
        note((long) from << 32 | to);
    }

    void released(int from, int to) {
        note((long) from << 32 | ~to & 0xffff_ffffL);
    }

    private void note(long change) {
        if (dropped) {
            return;
        }
        if (count < changes.length) {
            changes[count++] = change;
        } else if (count < limit) {
            changes = Arrays.copyOf(changes, 2 * count);
            changes[count++] = change;
        } else {
            dropped = true;
        }
    }

    /** The map with all changes. */
    FreeMap map() {
        if (dropped) {
            map.rebuild(allocations);
        } else {
            for (int i = 0; i < count; i++) {
                int from = (int) (changes[i] >>> 32);
                int to = (int) changes[i];
                if (to < 0) {
                    map.release(from, ~to);
                } else {
                    map.take(from, to);
                }
            }
        }
        count = 0;
        dropped = false;
        return map;
    }
}
