package io.dmaheap.linux.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A call that its caller may give up. The kernel offers no way to end a call from outside, short of killing the process, so it gets a
 * thread of its own, which stays behind with whatever the call needs and gives back what came too late.
 *
 * @param <T> what the call brings
 */
final class GivenUp<T> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final String what;
    private final Supplier<T> call;
    private final Consumer<T> late;
    private volatile boolean givenUp;

    /**
     * A call that has not begun.
     *
     * @param what what is being done, for messages
     * @param late gets the result if nobody waits for it any more
     */
    GivenUp(String what, Supplier<T> call, Consumer<T> late) {
        this.what = what;
        this.call = call;
        this.late = late;
    }

    private void run() {
        if (outcome.isDone()) {
            return;
        }
        try {
            T result = call.get();
            if (!outcome.complete(result)) {
                late.accept(result);
            }
        } catch (RuntimeException | Error e) {
            outcome.completeExceptionally(e);
        }
    }

    /** Makes the waiting thread fail with this, unless the call was quicker. What has not begun does not begin. */
    void giveUp(HeapException reason) {
        if (outcome.completeExceptionally(reason)) {
            givenUp = true;
        }
    }

    /** Whether the call runs on without a caller. */
    boolean wasGivenUp() {
        return givenUp;
    }

    /**
     * Begins the call, unless it was given up before, and waits for it.
     *
     * @param hint what to do when the time was too short
     * @throws HeapException that of the call; {@link ErrorCode#TIMED_OUT}; {@link ErrorCode#INTERRUPTED}
     */
    T await(Optional<Duration> limit, String hint) {
        Thread.ofPlatform().name("dmaheap-tee").daemon().start(this::run);
        try {
            return limit.isPresent() ? outcome.get(nanos(limit.get()), TimeUnit.NANOSECONDS) : outcome.get();
        } catch (TimeoutException _) {
            giveUp(HeapException.of(
                            ErrorCode.TIMED_OUT,
                            what + " took longer than " + limit.orElseThrow().toMillis() + " ms")
                    .errno("ETIMEDOUT")
                    .hint(hint)
                    .build());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            giveUp(HeapException.of(ErrorCode.INTERRUPTED, "interrupted: " + what)
                    .build());
        } catch (ExecutionException | CancellationException _) {
            // The outcome says it below.
        }
        return result();
    }

    private T result() {
        try {
            return outcome.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException _) {
            return Long.MAX_VALUE;
        }
    }
}
