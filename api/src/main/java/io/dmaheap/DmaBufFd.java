package io.dmaheap;

import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A file descriptor that the caller owns. It is closed exactly once: by {@link #close()}, or by whoever it was
 * {@linkplain #release() given} to. One of a buffer keeps the buffer's memory, which counts for limits and {@link Heaps#usage()} until
 * then; one that is lost unclosed is reported and stays open, since its number may be in use.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public final class DmaBufFd implements AutoCloseable {
    private static final int GONE = -1;

    private final AtomicInteger number;
    private final IntConsumer closer;
    private final Runnable released;

    /**
     * Takes ownership of a descriptor; for platforms.
     *
     * @param number an open descriptor
     * @param closer closes it, without throwing
     */
    public DmaBufFd(int number, IntConsumer closer) {
        this(number, closer, () -> {});
    }

    /**
     * Takes ownership of a descriptor; for the framework, which wants to know when it ends otherwise.
     *
     * @param number an open descriptor
     * @param closer closes it, without throwing
     * @param released runs, without throwing, when it was {@linkplain #release() given} away
     */
    public DmaBufFd(int number, IntConsumer closer, Runnable released) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
        this.closer = Objects.requireNonNull(closer, "closer");
        this.released = Objects.requireNonNull(released, "released");
    }

    /**
     * The descriptor, for passing to a system call. It stays owned by this object.
     *
     * @throws IllegalStateException if it was closed or released
     */
    public int number() {
        return checkOpen(number.get());
    }

    /**
     * Gives the descriptor away: from now on the caller closes it.
     *
     * @throws IllegalStateException if it was closed or released
     */
    public int release() {
        int owned = checkOpen(number.getAndSet(GONE));
        released.run();
        Reference.reachabilityFence(this);
        return owned;
    }

    /**
     * Closes the descriptor if it is still owned. Closing twice is harmless. It is still owned after an {@link OutOfMemoryError} or
     * {@link StackOverflowError}.
     */
    @Override
    public void close() {
        int owned = number.getAndSet(GONE);
        if (owned != GONE) {
            try {
                closer.accept(owned);
            } catch (Throwable e) {
                number.set(owned);
                throw e;
            }
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        int owned = number.get();
        return owned == GONE ? "fd closed" : "fd " + owned;
    }

    private static int checkOpen(int owned) {
        if (owned == GONE) {
            throw new IllegalStateException("the file descriptor was closed or released");
        }
        return owned;
    }
}
