package io.dmaheap.allocators;

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

    private final Range range;
    private final long start;
    private final long end;
    private final int unitOrder;
    private final int size;
    private final Allocations allocations;
    private final Backlog backlog;
    private final Nearby nearby;
    private @Nullable BestFitIndex bestFit;
    private int free;
    /** The free run in which a place was found last: whoever takes it need not search again. */
    private long run;

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
        start = range.start();
        end = range.end();
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

    /** A length in units, rounded up. */
    long units(long length) {
        return length + (1L << unitOrder) - 1 >>> unitOrder;
    }

    long address(int unit) {
        return start + ((long) unit << unitOrder);
    }

    boolean contains(long address) {
        return address >= start && address < end;
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
        return found(upToDate().first(units, order, offset(order), from));
    }

    private long offset(int order) {
        return start >>> unitOrder & (1L << order) - 1;
    }

    /** First fit among the places that are a multiple of {@code 1 << order} units away from the start. */
    int firstAtDistance(int units, int order) {
        return first(units, order, 0);
    }

    private int first(int units, int order, long offset) {
        boolean walk = 1L << order < size;
        if (walk) {
            int place = nearby.first(units, (1 << order) - 1, (int) offset);
            if (place != Nearby.UNDECIDED) {
                run = nearby.run();
                return place;
            }
        }
        FreeMap map = upToDate();
        int place = map.first(units, order, offset, 0);
        if (walk) {
            Hint hint = nearby.hint(units);
            int lowest = hint.smallest() == units ? place : map.first(hint.smallest(), order, offset, 0);
            hint.setStart(lowest == NONE ? size : FreeRun.start(allocations.previousRun(lowest)));
        }
        return found(place);
    }

    private FreeMap upToDate() {
        nearby.useUpCredit();
        return backlog.map();
    }

    private int found(int place) {
        if (place != NONE) {
            run = allocations.previousRun(place);
        }
        return place;
    }

    /** Best fit. The first call makes the index that later calls use, in a time that grows with the number of free runs. */
    int best(int units) {
        if (bestFit == null) {
            bestFit = new BestFitIndex(size, backlog, allocations);
        }
        return found(bestFit.first(units));
    }

    /** Exactly {@code unit}, or {@link #NONE}. */
    int exactly(int units, long unit) {
        if (unit > size - units) {
            return NONE;
        }
        long last = allocations.previousRun((int) unit);
        if (last == NONE || FreeRun.end(last) - unit < units) {
            return NONE;
        }
        run = last;
        return (int) unit;
    }

    /** Allocates free units that were found last; returns the address. */
    long take(int unit, int units) {
        int to = unit + units;
        if (bestFit != null) {
            bestFit.taken(FreeRun.start(run), unit, to, FreeRun.end(run));
        }
        allocations.add(FreeRun.start(run), unit, to, FreeRun.end(run));
        nearby.taken();
        backlog.taken(unit, to);
        free -= units;
        return address(unit);
    }

    /** Ends the allocation that is exactly {@code size} from {@code address} on, which lies in this chunk. */
    void release(long address, long size) {
        int unit = (int) (address - start >>> unitOrder);
        if (!allocations.beginsAt(unit) || address(unit) != address) {
            throw noAllocation(new Range(address, size), unit);
        }
        long units = units(size);
        int to = unit + (int) units;
        if (allocations.end(unit) - unit != units) {
            throw new IllegalArgumentException(
                    new Range(address, size) + " is not the whole allocation, which is " + from(unit));
        }
        int joined = allocations.runBefore(unit);
        int joinedEnd = allocations.runBehind(to);
        if (bestFit != null) {
            bestFit.released(joined, unit, to, joinedEnd);
        }
        allocations.remove(joined, unit, to, joinedEnd);
        nearby.freed(to - unit, joined, joinedEnd);
        backlog.released(unit, to);
        free += to - unit;
    }

    private IllegalArgumentException noAllocation(Range freed, int unit) {
        int around = allocations.first(unit);
        return new IllegalArgumentException(freed
                + (around == NONE
                        ? " is not allocated: freed twice, or never allocated"
                        : " does not begin where an allocation does: it begins inside " + from(around)));
    }

    /** The allocations by address. */
    Stream<Range> allocated() {
        return allocations.starts().filter(allocations::beginsAt).mapToObj(this::from);
    }

    /** The free runs by address. */
    Stream<Range> freeRuns() {
        return allocations
                .starts()
                .filter(first -> !allocations.beginsAt(first))
                .mapToObj(this::from);
    }

    private Range from(int first) {
        return new Range(address(first), (long) (allocations.end(first) - first) << unitOrder);
    }
}
