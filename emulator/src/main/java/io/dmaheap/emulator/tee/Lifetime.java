package io.dmaheap.emulator.tee;

import java.util.ArrayList;
import java.util.List;

/**
 * The life of shared memory, which calls still use when its owner closes it: a call that was given up goes on. It ends when it is closed
 * and the last call is over, as the reference count of {@code struct tee_shm} has it.
 *
 * <p>Safe for use by several threads.
 */
final class Lifetime {
    /** The owner and the calls. Guarded by this. */
    private int users = 1;
    /** Guarded by this. */
    private boolean closed;
    /** What runs at the end, in this order. Guarded by this. */
    private final List<Runnable> end = new ArrayList<>();

    /** A life at whose end {@code first} runs. */
    Lifetime(Runnable first) {
        end.add(first);
    }

    /**
     * Counts a call, which {@linkplain #leave() leaves} when it is over.
     *
     * @throws IllegalStateException if it is closed
     */
    synchronized void enter() {
        checkOpen();
        users++;
    }

    /** Refuses what needs an open one with an {@link IllegalStateException}. */
    synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this shared memory is closed");
        }
    }

    void leave() {
        List<Runnable> last;
        synchronized (this) {
            users--;
            last = users == 0 ? List.copyOf(end) : List.of();
        }
        last.forEach(Runnable::run);
    }

    /** Closes it to new calls, and runs {@code unused} after its end: at once if that is past. Closing twice is harmless. */
    void close(Runnable unused) {
        boolean past;
        boolean first;
        synchronized (this) {
            past = users == 0;
            first = !closed;
            closed = true;
            if (!past) {
                end.add(unused);
            }
        }
        if (first) {
            leave();
        } else if (past) {
            unused.run();
        }
    }
}
