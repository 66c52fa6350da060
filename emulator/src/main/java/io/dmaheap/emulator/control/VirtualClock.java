package io.dmaheap.emulator.control;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time of an emulated board, which passes only as its work is charged to it: a test reads what the work would have cost, and never
 * waits for it. Starts at zero. Safe for use by several threads, whose costs add up.
 */
public final class VirtualClock {
    private final AtomicLong nanos = new AtomicLong();

    /** A clock at zero. */
    public VirtualClock() {}

    /** The time since the board was made. */
    public Duration now() {
        return Duration.ofNanos(nanos.get());
    }

    /**
     * Lets time pass.
     *
     * @throws IllegalArgumentException if it would run backwards
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + by);
        }
        nanos.addAndGet(by.toNanos());
    }

    @Override
    public String toString() {
        return "virtual clock at " + now();
    }
}
