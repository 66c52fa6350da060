package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Memory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for memory of a full heap. They are served in the order of their arrival, and nobody overtakes: else a stream of
 * small requests would starve a large one for ever. Safe for use by several threads.
 */
final class WaitingLine {
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
    Memory take(Supplier<Memory> attempt) {
        if (isEmpty()) {
            try {
                return attempt.get();
            } catch (RuntimeException | Error e) {
                // What it had reserved is back, for want of which somebody else may have come to wait meanwhile.
                freed();
                if (!isFull(e)) {
                    throw e;
                }
            }
        }
        return takeInTurn(attempt, System.nanoTime() + patience.toNanos());
    }

    private boolean isEmpty() {
        lock.lock();
        try {
            return line.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private Memory takeInTurn(Supplier<Memory> attempt, long deadline) {
        var turn = new Object();
        HeapException full = null;
        lock.lock();
        try {
            line.add(turn);
            while (true) {
                while (line.peek() != turn) {
                    await(deadline, full);
                }
                long seen = freed;
                lock.unlock();
                try {
                    return attempt.get();
                } catch (HeapException e) {
                    if (!isFull(e)) {
                        throw e;
                    }
                    full = e;
                } finally {
                    lock.lock();
                }
                while (freed == seen) {
                    await(deadline, full);
                }
            }
        } finally {
            line.remove(turn);
            changed.signalAll();
            lock.unlock();
        }
    }

    private void await(long deadline, @Nullable HeapException full) {
        if (closed) {
            throw HeapException.of(
                            ErrorCode.HEAP_DRAINING, "the heap is going away; what waited for its memory gets none")
                    .heap(heap)
                    .hint("Find another heap")
                    .build();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw HeapException.of(
                            ErrorCode.OUT_OF_MEMORY,
                            "the heap is full, and not enough became free within " + patience.toMillis() + " ms"
                                    + (full == null ? "; others were waiting before" : ": " + full.getMessage()))
                    .heap(heap)
                    .errno("ENOMEM")
                    .hint("Close buffers, or raise limit." + heap + ".wait in the policy file")
                    .cause(full)
                    .build();
        }
        try {
            changed.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for memory")
                    .heap(heap)
                    .errno("EINTR")
                    .build();
        }
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
