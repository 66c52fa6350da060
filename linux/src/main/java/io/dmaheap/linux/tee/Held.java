package io.dmaheap.linux.tee;

import java.util.function.Supplier;

/**
 * The life of something of the kernel that calls may still use when its owner closes it: a call that was given up runs on, and the
 * kernel gives a freed number to the next who asks. It ends when it is closed and the last call is over.
 *
 * <p>Safe for use by several threads.
 */
final class Held {
    private final String what;
    private final Runnable end;
    /** The owner is one of them. Guarded by this. */
    private int users = 1;

    /** Guarded by this. */
    private boolean closed;

    /**
     * Starts a life.
     *
     * @param what what it is, for messages
     * @param end gives it back; runs once
     */
    Held(String what, Runnable end) {
        this.what = what;
        this.end = end;
    }

    /**
     * One user more, who {@linkplain #leave() leaves} later.
     *
     * @throws IllegalStateException if it is closed
     */
    synchronized void enter() {
        if (closed) {
            throw new IllegalStateException("this " + what + " is closed");
        }
        users++;
    }

    void leave() {
        boolean last;
        synchronized (this) {
            users--;
            last = users == 0;
        }
        if (last) {
            end.run();
        }
    }

    /** Runs a call that keeps it alive. */
    <T> T during(Supplier<T> call) {
        enter();
        try {
            return call.get();
        } finally {
            leave();
        }
    }

    /** Lets nobody enter any more. Closing twice is harmless. */
    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        leave();
    }
}
