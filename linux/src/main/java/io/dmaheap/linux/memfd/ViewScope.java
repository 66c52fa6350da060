package io.dmaheap.linux.memfd;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The lifetime of the views of shared memory. A view that is in a native call cannot be ended ({@link Arena#close()} refuses); then it ends
 * as soon as the call is over. The JDK does not say when that is, so a virtual thread tries again in growing steps.
 *
 * <p>Safe for use by several threads; closed once.
 */
public final class ViewScope {
    private static final long FIRST_PAUSE = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMillis(100).toNanos();

    private final Arena arena = Arena.ofShared();

    /** The scope of the views. Closed by {@link #close} alone. */
    public Arena arena() {
        return arena;
    }

    /**
     * Ends the views.
     *
     * @param then gives back what is behind them; runs when they have ended, perhaps on another thread
     */
    public void close(Runnable then) {
        if (isClosed()) {
            then.run();
            return;
        }
        Thread.ofVirtual()
                .name("dmaheap-views")
                .inheritInheritableThreadLocals(false)
                .start(() -> {
                    long pause = FIRST_PAUSE;
                    while (!isClosed()) {
                        LockSupport.parkNanos(pause);
                        pause = Math.min(2 * pause, LONGEST_PAUSE);
                    }
                    then.run();
                });
    }

    /** Closes the arena, if no call is in the way. */
    private boolean isClosed() {
        try {
            arena.close();
            return true;
        } catch (IllegalStateException _) {
            return !arena.scope().isAlive();
        }
    }
}
