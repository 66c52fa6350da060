package io.dmaheap.core.call;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A close of several steps, which is carried out once and completely. A second caller waits for the first, so that what was open is
 * closed when its call returns; a plugin that is being called returns at once, since it would wait for itself.
 */
public final class Closing {
    private final CountDownLatch done = new CountDownLatch(1);
    /** Guarded by this. */
    private boolean begun;

    private volatile @Nullable Thread closer;

    /** Whether it has been called. */
    public boolean hasBegun() {
        return closer != null;
    }

    /** Carries out the steps in this order; every one of them, whatever the others throw. */
    public void close(Runnable... steps) {
        if (begin()) {
            try {
                all(steps);
            } finally {
                done.countDown();
            }
        } else if (closer != Thread.currentThread() && !(Thread.currentThread() instanceof CallThread)) {
            awaitEnd();
        }
    }

    private synchronized boolean begin() {
        boolean first = !begun;
        if (first) {
            begun = true;
            closer = Thread.currentThread();
        }
        return first;
    }

    /** An interrupt ends the wait and stays set; the rest goes on without it. */
    private void awaitEnd() {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Carries out all of the steps, and throws what the first that failed threw, with what others threw added to it. */
    public static void all(Runnable... steps) {
        Throwable first = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }
}
