package io.dmaheap.interleavings.broken;

import java.util.concurrent.locks.ReentrantLock;

/** A lock that is let go of for one step of the work that is done under it. */
public final class CarelessLock extends ReentrantLock {
    private final Step unlocked;

    /** When memory that is lent changes hands. */
    public enum Step {
        LEND,
        TAKE_BACK
    }

    public CarelessLock(Step unlocked) {
        this.unlocked = unlocked;
    }

    /** Does a step; the caller holds the lock, before and after. */
    public void run(Step step, Runnable work) {
        if (step == unlocked) {
            unlock();
        }
        try {
            work.run();
        } finally {
            if (step == unlocked) {
                lock();
            }
        }
    }
}
