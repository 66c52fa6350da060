package io.dmaheap.cli.play;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Holds each event back until its time has come. */
public final class Pace implements Consumer<Event> {
    private final long start = System.nanoTime();

    /** Time zero is now. */
    public Pace() {}

    @Override
    public void accept(Event event) {
        long due = start + event.micros() * 1000;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
