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

    private final Range range;
    private final int unitOrder;
    private final FreeMap map;
    /** The first and the last unit of each allocation; between them they tell whole allocations from parts and neighbours. */
    private final IndexSet firsts;

    private final IndexSet lasts;
    private @Nullable BestFitIndex bestFit;

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
        map = new FreeMap((int) units);
        firsts = new IndexSet((int) units);
        lasts = new IndexSet((int) units);
    }

    Range range() {
        return range;
    }

    /** {@code size} in units, rounded up; any size that does not fit is one unit more than there are. */
    int units(long size) {
        return size > range.size() ? map.size + 1 : (int) (size + (1L << unitOrder) - 1 >>> unitOrder);
    }

    long address(int unit) {
        return range.start() + ((long) unit << unitOrder);
    }

    boolean contains(long address) {
        return address >= range.start() && address < range.end();
    }

    long free() {
        return (long) map.free() << unitOrder;
    }

    long largestFree() {
        return (long) map.longest() << unitOrder;
    }

    int allocationCount() {
        return firsts.count();
    }

    /** First fit among the places whose address is a multiple of {@code 1 << order} units, from unit {@code from} on. */
    int firstAtAddress(int units, int order, long from) {
        long offset = (range.start() & (1L << order + unitOrder) - 1) >>> unitOrder;
        return map.first(units, order, offset, from);
    }

    /** First fit among the places that are a multiple of {@code 1 << order} units away from the start. */
    int firstAtDistance(int units, int order) {
        return map.first(units, order, 0, 0);
    }

    /** First fit. */
    int first(int units) {
        return map.first(units);
    }

    /** Best fit. The first call makes the index that later calls use, in a time that grows with the number of free runs. */
    int best(int units) {
        if (bestFit == null) {
            bestFit = new BestFitIndex(map);
        }
        return bestFit.first(units);
    }

    /** Exactly {@code unit}, or {@link #NONE}. */
    int exactly(int units, long unit) {
        return unit <= map.size - units && map.nextBusy((int) unit) - unit >= units ? (int) unit : NONE;
    }

    /** Allocates free units; returns the address. */
    long take(int unit, int units) {
        if (bestFit != null) {
            bestFit.beforeTake(unit, unit + units);
        }
        map.take(unit, unit + units);
        firsts.add(unit);
        lasts.add(unit + units - 1);
        return address(unit);
    }

    /** Ends the allocation that begins at {@code freed} and has its size in units; returns that size in units. */
    int release(Range freed) {
        int unit = (int) (freed.start() - range.start() >>> unitOrder);
        if (!firsts.contains(unit) || address(unit) != freed.start()) {
            throw new IllegalArgumentException(freed
                    + (map.isFree(unit)
                            ? " is not allocated: freed twice, or never allocated"
                            : " does not begin where an allocation does: it begins inside " + around(unit)));
        }
        int last = lasts.next(unit);
        int units = last + 1 - unit;
        if (units(freed.size()) != units) {
            throw new IllegalArgumentException(freed + " is not the whole allocation, which is " + around(unit));
        }
        if (bestFit != null) {
            bestFit.beforeRelease(unit, last + 1);
        }
        map.release(unit, last + 1);
        firsts.remove(unit);
        lasts.remove(last);
        return units;
    }

    private Range around(int unit) {
        int first = firsts.previous(unit);
        return between(first, lasts.next(first) + 1);
    }

    /** The allocations by address. */
    Stream<Range> allocated() {
        return IntStream.iterate(firsts.next(0), first -> first != NONE, first -> firsts.next(first + 1))
                .mapToObj(first -> between(first, lasts.next(first) + 1));
    }

    /** The free runs by address. */
    Stream<Range> freeRuns() {
        return IntStream.iterate(map.nextFree(0), from -> from < map.size, from -> map.nextFree(map.nextBusy(from)))
                .mapToObj(from -> between(from, map.nextBusy(from)));
    }

    private Range between(int from, int to) {
        return new Range(address(from), (long) (to - from) << unitOrder);
    }
}
