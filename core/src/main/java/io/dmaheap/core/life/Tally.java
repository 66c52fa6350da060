package io.dmaheap.core.life;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A count that many threads change and few read. Unlike {@link java.util.concurrent.atomic.LongAdder} it never allocates, so that
 * counting down cannot fail for want of memory. Exact when nothing is in flight. Safe for use by several threads.
 */
public final class Tally {
    /** Cells of different threads stay apart by two cache lines. */
    private static final int SPREAD = 16;

    private static final int CELLS =
            Integer.highestOneBit(Math.clamp(2L * Runtime.getRuntime().availableProcessors() - 1, 1, 64));

    private final AtomicLongArray cells = new AtomicLongArray(CELLS * SPREAD);

    /** Adds one. */
    public void increment() {
        add(1);
    }

    /** Takes one off. */
    public void decrement() {
        add(-1);
    }

    /** Adds, also less than nothing. */
    public void add(long amount) {
        cells.getAndAdd(((int) Thread.currentThread().threadId() & (CELLS - 1)) * SPREAD, amount);
    }

    /** What it has come to. */
    public long sum() {
        long sum = 0;
        for (int i = 0; i < CELLS; i++) {
            sum += cells.get(i * SPREAD);
        }
        return sum;
    }
}
