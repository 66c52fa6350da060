package io.dmaheap.emulator;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The release of memory, which comes once. What it gave back belongs to others afterwards, so a second one does nothing but tell, and any
 * use after it throws.
 *
 * <p>Safe for use by several threads.
 */
final class Release {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.emulator");

    private final AtomicBoolean done = new AtomicBoolean();

    /** Whether this is the first release; the log says where another one came from. */
    boolean begin(Object memory) {
        if (done.compareAndSet(false, true)) {
            return true;
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                memory + " was released before; nothing was done",
                new IllegalStateException("second release"));
        return false;
    }

    /**
     * Checks that memory may be used.
     *
     * @throws IllegalStateException if it was released
     */
    void checkNotDone() {
        if (done.get()) {
            throw new IllegalStateException("the memory is closed");
        }
    }
}
