package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for memory of a full heap. They are served in the order of their arrival, and nobody overtakes: else a stream of
 * small requests would starve a large one for ever. The first in the line asks again from time to time, and once more when its time is
 * over. Safe for use by several threads.
 */
final class WaitingLine {
    /**
     * How long to wait before the memory is asked for again though no buffer of this heap was closed: another heap of the same pool, or
     * another process, may have given some back, which does not show here. Nanoseconds; doubled from the first to the longest.
     */
    private static final long FIRST_PAUSE = 5_000_000;

    private static final long LONGEST_PAUSE = 80_000_000;

    private final String heap;
    private final Duration patience;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by {@link #lock}. */
    private final Deque<Object> line = new ArrayDeque<>();
    /** How often memory came back. Guarded by {@link #lock}. */
    private long freed;
    /** Guarded by {@link #lock}. */
    private boolean closed;

    WaitingLine(String heap, Duration patience) {
        this.heap = heap;
        this.patience = patience;
    }

    /**
     * Allocates, when it is this request's turn and there is memory.
     *
     * @param attempt allocates now or fails
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} when the time is over; {@link ErrorCode#HEAP_DRAINING};
     *     {@link ErrorCode#INTERRUPTED}; and what else {@code attempt} throws
     */
    void take(Runnable attempt) {
        if (isEmpty()) {
            try {
                attempt.run();
                return;
            } catch (RuntimeException | Error e) {
                // What it had reserved is back, for want of which somebody else may have come to wait meanwhile.
                freed();
                if (!isFull(e)) {
                    throw e;
                }
            }
        }
        takeInTurn(attempt, System.nanoTime() + patience.toNanos());
    }

    private boolean isEmpty() {
        lock.lock();
        try {
            return line.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void takeInTurn(Runnable attempt, long deadline) {
        var turn = new Object();
        HeapException full = null;
        long pause = FIRST_PAUSE;
        lock.lock();
        try {
            line.add(turn);
            while (true) {
                while (line.peek() != turn) {
                    if (deadline - System.nanoTime() <= 0) {
                        throw tooLate(full);
                    }
                    await(deadline);
                }
                boolean last = deadline - System.nanoTime() <= 0;
                long seen = freed;
                lock.unlock();
                try {
                    attempt.run();
                    return;
                } catch (HeapException e) {
                    if (!isFull(e)) {
                        throw e;
                    }
                    full = e;
                } finally {
                    lock.lock();
                }
                if (last) {
                    throw tooLate(full);
                }
                long again = System.nanoTime() + pause;
                pause = Math.min(2 * pause, LONGEST_PAUSE);
                long until = deadline - again < 0 ? deadline : again;
                while (freed == seen && until - System.nanoTime() > 0) {
                    await(until);
                }
            }
        } finally {
            line.remove(turn);
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Waits for a change, until then at the latest. */
    private void await(long until) {
        if (closed) {
            throw HeapException.of(
                            ErrorCode.HEAP_DRAINING, "the heap is going away; what waited for its memory gets none")
                    .heap(heap)
                    .hint("Find another heap")
                    .build();
        }
        try {
            changed.awaitNanos(until - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for memory")
                    .heap(heap)
                    .errno("EINTR")
                    .build();
        }
    }

    private HeapException tooLate(@Nullable HeapException full) {
        return HeapException.of(
                        ErrorCode.OUT_OF_MEMORY,
                        "the heap is full, and not enough became free within " + patience.toMillis() + " ms"
                                + (full == null ? "; others were waiting before" : ": " + full.getMessage()))
                .heap(heap)
                .errno("ENOMEM")
                .hint("Close buffers, or raise limit." + heap + ".wait in the policy file")
                .cause(full)
                .build();
    }

    /** Either the memory is used up, or what the policy allows of it. */
    private static boolean isFull(Throwable e) {
        return e instanceof HeapException refused
                && (refused.code() == ErrorCode.OUT_OF_MEMORY || refused.code() == ErrorCode.LIMIT_EXCEEDED);
    }

    /** Memory came back. */
    void freed() {
        lock.lock();
        try {
            freed++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No more waiting. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
