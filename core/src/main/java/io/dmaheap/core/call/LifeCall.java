package io.dmaheap.core.call;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call into a plugin, under way on a thread of its own. Safe for use by several threads.
 *
 * @param <T> what the plugin answers
 */
public final class LifeCall<T extends @Nullable Object> {
    private enum Phase {
        UNDER_WAY,
        ENDED,
        OVERDUE
    }

    private final LifeCalls life;
    private final String operation;
    private final Duration limit;
    private final long deadline;
    private final CallThread thread;

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.UNDER_WAY);
    private final CountDownLatch returned = new CountDownLatch(1);
    /** Written before the call is overdue. */
    private volatile StackTraceElement[] stack = {};

    /** Written before {@link #returned}. */
    private @Nullable T answer;
    /** Written before {@link #returned}. */
    private @Nullable Throwable thrown;

    LifeCall(LifeCalls life, String operation, Duration limit, ClassLoader loader, Supplier<T> body) {
        this.life = life;
        this.operation = operation;
        this.limit = limit;
        this.deadline = System.nanoTime() + limit.toNanos();
        this.thread = new CallThread("dmaheap-" + life.plugin() + "-" + operation, loader, () -> run(body));
    }

    void start() {
        thread.start();
    }

    private void run(Supplier<T> body) {
        try {
            answer = body.get();
        } catch (Throwable e) {
            thrown = e;
        }
        boolean inTime = phase.compareAndSet(Phase.UNDER_WAY, Phase.ENDED);
        returned.countDown();
        if (!inTime) {
            life.returned(this);
        }
    }

    /** The plugin's id. */
    String plugin() {
        return life.plugin();
    }

    /** What was called, such as {@code start}. */
    String operation() {
        return operation;
    }

    /** How long it may take. */
    Duration limit() {
        return limit;
    }

    /** The name of the thread. */
    String threadName() {
        return thread.getName();
    }

    /** Where the thread was when the limit was over, before it was interrupted. */
    StackTraceElement[] stack() {
        return stack;
    }

    /** Interrupts the plugin's code. */
    public void interrupt() {
        thread.interrupt();
    }

    /** Waits for the end, no longer than this and no longer than the limit; whether it has ended. */
    boolean await(Duration time) throws InterruptedException {
        return returned.await(Math.min(time.toNanos(), deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /**
     * The answer, waited for until the limit is over. Throws what the plugin threw.
     *
     * @throws OverdueException if the limit is over; the plugin's thread is interrupted, and counted until it returns
     * @throws InterruptedException if this thread is interrupted; the call goes on
     */
    public T get() throws InterruptedException {
        if (!returned.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            life.giveUp(this);
        }
        return outcome();
    }

    /**
     * As {@link #get}, for a caller that has to go through with what it does: an interrupt is passed on to the plugin, does not end
     * the wait, and is still set afterwards.
     */
    public T end() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return get();
                } catch (InterruptedException _) {
                    interrupted = true;
                    interrupt();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the time of the call. False if it had ended, or its time had. Not for two threads at once. */
    boolean expire() {
        if (phase.get() != Phase.UNDER_WAY) {
            return false;
        }
        stack = thread.getStackTrace();
        return phase.compareAndSet(Phase.UNDER_WAY, Phase.OVERDUE);
    }

    @SuppressWarnings("NullAway") // the answer of the body, which may be null if T may be
    private T outcome() {
        if (phase.get() != Phase.ENDED) {
            throw new OverdueException(this);
        }
        if (thrown != null) {
            throw unchecked(thrown);
        }
        return answer;
    }

    @SuppressWarnings(
            "unchecked") // a plugin may throw checked exceptions past the compiler; they go through as they are
    private static <E extends Throwable> RuntimeException unchecked(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
