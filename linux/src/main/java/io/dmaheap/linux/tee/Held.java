package io.dmaheap.linux.tee;

import java.util.ArrayList;
import java.util.List;
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
    /** What runs after the end. Guarded by this. */
    private final List<Runnable> afterwards = new ArrayList<>();
    /** Guarded by this. */
    private boolean over;

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
            try {
                end.run();
            } finally {
                nowOver().forEach(Runnable::run);
            }
        }
    }

    private synchronized List<Runnable> nowOver() {
        over = true;
        return List.copyOf(afterwards);
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

    /** Closes it, and runs {@code ended} after its end: here, or on the thread of the last call. */
    void close(Runnable ended) {
        boolean late;
        synchronized (this) {
            late = over;
            if (!late) {
                afterwards.add(ended);
            }
        }
        close();
        if (late) {
            ended.run();
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
