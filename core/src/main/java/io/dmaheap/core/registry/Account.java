package io.dmaheap.core.registry;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that are taken, of which there may be so many. Safe for use by several threads. */
final class Account {
    private static final long RETIRED = Long.MIN_VALUE;

    final long limit;
    private final AtomicLong taken = new AtomicLong();

    Account(long limit) {
        this.limit = limit;
    }

    /**
     * Counts the bytes before they are asked for, so that two threads cannot both take the last of them, and a request that is
     * refused does not stand in the way of one that fits.
     *
     * @return whether they fit
     */
    boolean reserve(long bytes) {
        long seen = taken.get();
        while (seen >= 0 && bytes <= limit - seen) {
            long witness = taken.compareAndExchange(seen, seen + bytes);
            if (witness == seen) {
                return true;
            }
            seen = witness;
        }
        return false;
    }

    /** More or less than was reserved was taken, or some came back. */
    void add(long bytes) {
        if (bytes == 0) {
            return; // nearly always
        }
        taken.addAndGet(bytes);
    }

    /** Nothing can be reserved of it any more; only if no bytes are taken. */
    boolean retire() {
        return taken.compareAndSet(0, RETIRED);
    }

    boolean isRetired() {
        return taken.get() == RETIRED;
    }

    long taken() {
        return Math.max(0, taken.get());
    }
}
