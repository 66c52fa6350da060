package io.dmaheap.linux.socket;

import java.time.Duration;

/** The end of a wait that takes several steps. */
final class Deadline {
    private final long start = System.nanoTime();
    private final Duration timeout;

    Deadline(Duration timeout) {
        this.timeout = timeout;
    }

    Duration left() {
        Duration left = timeout.minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
