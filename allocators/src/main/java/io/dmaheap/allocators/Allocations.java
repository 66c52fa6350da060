package io.dmaheap.allocators;

/**
 * What is allocated in a chunk and what is free between, as the first and the last unit of each allocation and the first unit of
 * each free run. Between them these tell whole allocations from parts and from neighbours.
 */
final class Allocations {
    static final int NONE = IndexSet.NONE;

    private final int size;
    private final IndexSet firsts;
    private final IndexSet lasts;
    private final IndexSet runs;

    Allocations(int size) {
        this.size = size;
        firsts = new IndexSet(size);
        lasts = new IndexSet(size);
        runs = new IndexSet(size);
        runs.add(0);
    }

    int count() {
        return firsts.count();
    }

    void add(int from, int to) {
        if (runs.contains(from)) {
            runs.remove(from);
        }
        if (to < size && !firsts.contains(to)) {
            runs.add(to);
        }
        firsts.add(from);
        lasts.add(to - 1);
    }

    /** Removes an allocation; returns where the free run begins that it becomes or joins. */
    int remove(int from, int to) {
        firsts.remove(from);
        lasts.remove(to - 1);
        if (to < size && !firsts.contains(to)) {
            runs.remove(to);
        }
        if (from > 0 && !lasts.contains(from - 1)) {
            return runs.previous(from);
        }
        runs.add(from);
        return from;
    }

    /** Whether an allocation begins at {@code unit}. */
    boolean beginsAt(int unit) {
        return firsts.contains(unit);
    }

    /** The end of the allocation that begins at {@code first}. */
    int end(int first) {
        return lasts.next(first) + 1;
    }

    /** Where the first allocation from {@code unit} on begins, or {@link #NONE}. */
    int next(int unit) {
        return firsts.next(unit);
    }

    /** Where the allocation around {@code unit} begins, or {@link #NONE} if that is free. */
    int around(int unit) {
        int first = firsts.previous(unit);
        return first != NONE && end(first) > unit ? first : NONE;
    }

    /** Where the free run begins that contains {@code unit}, or the next one; the size if there is none. */
    int run(int unit) {
        int run = unit < size ? runs.previous(unit) : NONE;
        if (run != NONE && runEnd(run) > unit) {
            return run;
        }
        return nextRun(unit);
    }

    /** Where the first free run from {@code unit} on begins; the size if there is none. */
    int nextRun(int unit) {
        int run = runs.next(unit);
        return run == NONE ? size : run;
    }

    /** Where the free run ends that contains {@code unit}; {@code unit} itself if an allocation begins there. */
    int runEnd(int unit) {
        int next = firsts.next(unit);
        return next == NONE ? size : next;
    }

    /** Where the free run begins that ends at {@code unit}; {@code unit} itself if there is none. */
    int runStart(int unit) {
        return lasts.previous(unit - 1) + 1;
    }
}
