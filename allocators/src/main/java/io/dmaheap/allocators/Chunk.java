package io.dmaheap.allocators;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One contiguous range and what is allocated in it, counted in units of {@code 1 << unitOrder}: granules of a pool,
 * or pages, whose order is 0, of a CMA area.
 */
final class Chunk {
    static final int NONE = FreeMap.NONE;
    /** So that sums of two places and an alignment stay below 2^31. */
    static final int MAX_UNITS = 1 << 29;

    /** About what a change costs in the tree, in steps of a walk. */
    private static final int STEPS_PER_CHANGE = 8;

    private final Range range;
    private final int unitOrder;
    private final int size;
    private final Allocations allocations;
    private final Backlog backlog;
    private final Nearby nearby;
    private @Nullable BestFitIndex bestFit;
    private int free;
    /** Steps walked since the tree was asked. */
    private long steps;

    Chunk(Range range, int unitOrder) {
        long units = range.size() >>> unitOrder;
        if (units << unitOrder != range.size()) {
            throw new IllegalArgumentException(
                    range + ": the size is not a multiple of the granule of " + (1L << unitOrder));
        }
        if (units > MAX_UNITS) {
            throw new IllegalArgumentException(range + ": has " + units + " granules, at most " + MAX_UNITS + " fit");
        }
        this.range = range;
        this.unitOrder = unitOrder;
        size = (int) units;
        free = size;
        allocations = new Allocations(size);
        backlog = new Backlog(size, allocations);
        nearby = new Nearby(allocations, size);
    }

    Range range() {
        return range;
    }

    /** A length in units, rounded up; any length that does not fit is one unit more than there are. */
    int units(long length) {
        return length > range.size() ? size + 1 : (int) (length + (1L << unitOrder) - 1 >>> unitOrder);
    }

    long address(int unit) {
        return range.start() + ((long) unit << unitOrder);
    }

    boolean contains(long address) {
        return address >= range.start() && address < range.end();
    }

    long free() {
        return (long) free << unitOrder;
    }

    long largestFree() {
        return (long) upToDate().longest() << unitOrder;
    }

    int allocationCount() {
        return allocations.count();
    }

    /** First fit among the places whose address is a multiple of {@code 1 << order} units. */
    int firstAtAddress(int units, int order) {
        return first(units, order, offset(order));
    }

    /** The same from unit {@code from} on. */
    int firstAtAddress(int units, int order, long from) {
        return upToDate().first(units, order, offset(order), from);
    }

    private long offset(int order) {
        return (range.start() & (1L << order + unitOrder) - 1) >>> unitOrder;
    }

    /** First fit among the places that are a multiple of {@code 1 << order} units away from the start. */
    int firstAtDistance(int units, int order) {
        return first(units, order, 0);
    }

    private int first(int units, int order, long offset) {
        if (units > free) {
            return NONE;
        }
        boolean walk = 1L << order < size;
        if (walk) {
            long budget = (long) STEPS_PER_CHANGE * backlog.count() - steps;
            int place = nearby.first(units, order, (int) offset, (int) Math.min(budget, Integer.MAX_VALUE));
            steps += nearby.steps();
            if (place != Nearby.UNDECIDED) {
                return place;
            }
        }
        FreeMap map = upToDate();
        if (walk) {
            nearby.learn(units, map.first(Nearby.least(units), order, offset, 0));
        }
        return map.first(units, order, offset, 0);
    }

    private FreeMap upToDate() {
        steps = 0;
        return backlog.map();
    }

    /** Best fit. The first call makes the index that later calls use, in a time that grows with the number of free runs. */
    int best(int units) {
        if (bestFit == null) {
            bestFit = new BestFitIndex(size, backlog, allocations);
        }
        return bestFit.first(units);
    }

    /** Exactly {@code unit}, or {@link #NONE}. */
    int exactly(int units, long unit) {
        if (unit > size - units || allocations.around((int) unit) != NONE) {
            return NONE;
        }
        return allocations.runEnd((int) unit) - unit >= units ? (int) unit : NONE;
    }

    /** Allocates free units; returns the address. */
    long take(int unit, int units) {
        if (bestFit != null) {
            bestFit.beforeTake(unit, unit + units);
        }
        allocations.add(unit, unit + units);
        backlog.taken(unit, unit + units);
        free -= units;
        return address(unit);
    }

    /** Ends the allocation that is exactly {@code freed}. */
    void release(Range freed) {
        int unit = (int) (freed.start() - range.start() >>> unitOrder);
        if (!allocations.beginsAt(unit) || address(unit) != freed.start()) {
            int around = allocations.around(unit);
            throw new IllegalArgumentException(freed
                    + (around == NONE
                            ? " is not allocated: freed twice, or never allocated"
                            : " does not begin where an allocation does: it begins inside " + allocation(around)));
        }
        int end = allocations.end(unit);
        if (units(freed.size()) != end - unit) {
            throw new IllegalArgumentException(freed + " is not the whole allocation, which is " + allocation(unit));
        }
        if (bestFit != null) {
            bestFit.beforeRelease(unit, end);
        }
        int run = allocations.remove(unit, end);
        nearby.freed(run, allocations.runEnd(end));
        backlog.released(unit, end);
        free += end - unit;
    }

    /** The allocations by address. */
    Stream<Range> allocated() {
        return IntStream.iterate(allocations.next(0), first -> first != NONE, first -> allocations.next(first + 1))
                .mapToObj(this::allocation);
    }

    /** The free runs by address. */
    Stream<Range> freeRuns() {
        return IntStream.iterate(allocations.nextRun(0), from -> from < size, from -> allocations.nextRun(from + 1))
                .mapToObj(from -> between(from, allocations.runEnd(from)));
    }

    private Range allocation(int first) {
        return between(first, allocations.end(first));
    }

    private Range between(int from, int to) {
        return new Range(address(from), (long) (to - from) << unitOrder);
    }
}
