package io.dmaheap.allocators;

import java.util.Arrays;

/**
 * First fit by walking over the free runs from a hint on, for as long as that is cheaper than asking the tree.
 *
 * <p>There is a hint for each size class, the sizes up to a power of two. Taking memory keeps it true. Memory that is freed is
 * noted at the largest class that has a place in the run which it is a part of now, and lowers the hints of that class and of the
 * smaller ones before the next search: buffers are often freed in a row.
 */
final class Nearby {
    static final int UNDECIDED = -2;

    private static final int CLASSES = 31;
    /** About what a change costs in the tree, in steps of a walk. */
    private static final int STEPS_PER_CHANGE = 8;

    private final Allocations allocations;
    private final int size;
    private final Hint[] hints = new Hint[CLASSES];
    /** The classes that were asked for, as bits: few. */
    private int asked;
    /** The classes at which freed memory is noted, as bits. */
    private int freed;
    /** Steps that may be walked before the tree is asked. */
    private long credit;

    private long run;

    Nearby(Allocations allocations, int size) {
        this.allocations = allocations;
        this.size = size;
        Arrays.setAll(hints, _ -> new Hint());
    }

    /** The lowest place, {@link Allocations#NONE}, or {@link #UNDECIDED} if the credit did not suffice. */
    int first(int units, int mask, int offset) {
        if (freed != 0) {
            lower();
        }
        Hint hint = hint(units);
        if (!hint.isFor(units, mask, offset)) {
            hint.begin(units, mask, offset);
            asked |= 1 << Pool.ceilingOrder(units);
        }
        int lowest = Allocations.NONE;
        int at = hint.start();
        for (; credit > 0; credit--) {
            long found = allocations.nextRun(at);
            int next = FreeRun.start(found);
            if (next == size) {
                hint.setStart(lowest == Allocations.NONE ? size : lowest);
                return Allocations.NONE;
            }
            int place = hint.place(next);
            at = FreeRun.end(found);
            if (place + units <= at) {
                hint.setStart(lowest == Allocations.NONE ? next : lowest);
                run = found;
                return place;
            }
            if (lowest == Allocations.NONE && hint.fitsInto(next, at)) {
                lowest = next;
            }
        }
        hint.setStart(lowest == Allocations.NONE ? at : lowest);
        return UNDECIDED;
    }

    /** The free run of the place that was found last. */
    long run() {
        return run;
    }

    /** What is known about requests for {@code units}. */
    Hint hint(int units) {
        return hints[Pool.ceilingOrder(units)];
    }

    /** To be called when the tree was asked: it knows all changes now, and asking it again costs less than a walk. */
    void useUpCredit() {
        credit = 0;
    }

    /** Memory was taken: hints stay true, and the tree has one change more to learn. */
    void taken() {
        credit += STEPS_PER_CHANGE;
    }

    /** {@code units} units were freed and are a part of the free run from {@code run} to {@code runEnd} now. */
    void freed(int units, int run, int runEnd) {
        credit += STEPS_PER_CHANGE;
        int largest = Pool.ceilingOrder(units);
        int larger = asked & (2 << Pool.ceilingOrder(runEnd - run)) - (2 << largest);
        while (larger != 0) {
            int sizeClass = highest(larger);
            if (hints[sizeClass].fitsInto(run, runEnd)) {
                largest = sizeClass;
                break;
            }
            larger ^= 1 << sizeClass;
        }
        hints[largest].freed(run);
        freed |= 1 << largest;
    }

    private void lower() {
        int lowest = size;
        int classes = (asked | freed) & -1 >>> Integer.numberOfLeadingZeros(freed);
        while (classes != 0) {
            int sizeClass = highest(classes);
            lowest = hints[sizeClass].lower(lowest);
            classes ^= 1 << sizeClass;
        }
        freed = 0;
    }

    private static int highest(int classes) {
        return 31 - Integer.numberOfLeadingZeros(classes);
    }
}
