package io.dmaheap.allocators;

/**
 * First fit by walking over the free runs from a hint on, for as long as that is cheaper than asking the tree.
 *
 * <p>A hint says that no request of a size class, the sizes up to a power of two, finds a place below it. Taking memory keeps
 * it true; memory that is freed lowers it if a place comes out of it.
 */
final class Nearby {
    static final int UNDECIDED = -2;

    private static final int CLASSES = 31;

    private final Allocations allocations;
    private final int size;
    private final int[] hints = new int[CLASSES];
    /** The alignment for which a hint holds. */
    private final int[] orders = new int[CLASSES];

    private final int[] offsets = new int[CLASSES];
    /** The classes whose hint is above 0, as bits: few sizes are ever asked for, and memory that is freed looks at each of them. */
    private int hinted;

    private int steps;

    Nearby(Allocations allocations, int size) {
        this.allocations = allocations;
        this.size = size;
    }

    /** How many free runs the last walk passed. */
    int steps() {
        return steps;
    }

    /** The least size of the class of {@code units}: what a hint is about. */
    static int least(int units) {
        return units == 1 ? 1 : Integer.highestOneBit(units - 1) + 1;
    }

    private static int leastOfClass(int sizeClass) {
        return sizeClass == 0 ? 1 : (1 << sizeClass - 1) + 1;
    }

    /** The lowest place, {@link Allocations#NONE}, or {@link #UNDECIDED} if {@code budget} steps did not tell. */
    int first(int units, int order, int offset, int budget) {
        int sizeClass = Pool.ceilingOrder(units);
        int least = least(units);
        int from = hint(sizeClass, order, offset);
        int hint = Allocations.NONE;
        int run = allocations.run(from);
        for (steps = 0; steps < budget; steps++) {
            if (run >= size) {
                setHint(sizeClass, hint == Allocations.NONE ? size : hint);
                return Allocations.NONE;
            }
            int end = allocations.runEnd(run);
            int place = LongestRuns.candidate(Math.max(from, run), order, offset);
            if (hint == Allocations.NONE && place + least <= end) {
                hint = place;
            }
            if (place + units <= end) {
                setHint(sizeClass, hint);
                return place;
            }
            run = allocations.nextRun(end);
        }
        if (steps > 0) {
            setHint(sizeClass, hint == Allocations.NONE ? run : hint);
        }
        return UNDECIDED;
    }

    private int hint(int sizeClass, int order, int offset) {
        if (orders[sizeClass] != order || offsets[sizeClass] != offset) {
            orders[sizeClass] = order;
            offsets[sizeClass] = offset;
            setHint(sizeClass, 0);
        }
        return hints[sizeClass];
    }

    private void setHint(int sizeClass, int place) {
        hints[sizeClass] = place;
        if (place > 0) {
            hinted |= 1 << sizeClass;
        } else {
            hinted &= ~(1 << sizeClass);
        }
    }

    /** Sets the hint of the last search to a place that the tree told. */
    void learn(int units, int place) {
        setHint(Pool.ceilingOrder(units), place == Allocations.NONE ? size : place);
    }

    /** Units {@code from} to {@code to} are a free run that did not exist before, or only parts of it did. */
    void freed(int from, int to) {
        int smaller = (2 << Math.min(CLASSES - 1, Pool.ceilingOrder(to - from))) - 1;
        for (int left = hinted & smaller; left != 0; left &= left - 1) {
            int sizeClass = Integer.numberOfTrailingZeros(left);
            int place = LongestRuns.candidate(from, orders[sizeClass], offsets[sizeClass]);
            if (place < hints[sizeClass] && place + leastOfClass(sizeClass) <= to) {
                setHint(sizeClass, place);
            }
        }
    }
}
