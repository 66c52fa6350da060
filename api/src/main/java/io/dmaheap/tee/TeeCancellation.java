package io.dmaheap.tee;

import io.dmaheap.PublicApi;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to stop, made at most once, from any thread. It asks: an application that masks cancellation, as all do until they say
 * otherwise, runs to its end. One that stops answers {@link TeeResult#CANCEL}. A call that waits for its turn in the session leaves
 * the line and does not begin; so does one that was still to be made.
 *
 * <p>OP-TEE notes a request with the session and forgets it when a command ends, so one that arrives just then may stop the session's
 * next command, if that can be stopped. Who must not lose that one asks it of another session.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public final class TeeCancellation {
    /** Guarded by this. */
    private final List<Runnable> listeners = new ArrayList<>();

    /** Guarded by this. */
    private boolean requested;

    /** Nothing is requested yet. */
    public TeeCancellation() {}

    /** Asks all calls that carry this to stop. If one cannot be asked, the others are, and what was thrown is thrown then. */
    public void cancel() {
        List<Runnable> told;
        synchronized (this) {
            requested = true;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        Throwable failure = null;
        for (Runnable listener : told) {
            try {
                listener.run();
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Whether it was asked for. */
    public synchronized boolean isRequested() {
        return requested;
    }

    /**
     * For platforms: has {@code listener} run when the request is made, on the thread that makes it; at once if that has happened.
     *
     * @return what ends the listening; closing it twice is harmless
     */
    public Listening listen(Runnable listener) {
        synchronized (this) {
            if (!requested) {
                listeners.add(listener);
                return () -> forget(listener);
            }
        }
        listener.run();
        return () -> {};
    }

    private synchronized void forget(Runnable listener) {
        listeners.removeIf(one -> one == listener);
    }

    /** Somebody who waits for the request. */
    @FunctionalInterface
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
