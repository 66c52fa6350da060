package io.dmaheap.core.call;

import io.dmaheap.Problem;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.life.StandingProblems;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls into the life cycle of one plugin. While one of them is overdue, those that come after it are not waited for: the thread
 * of the overdue call runs them when the plugin returns. So a plugin is never stopped in the middle of its start, and delays others
 * once at most. Safe for use by several threads.
 */
public final class LifeCalls {
    private static final String REPORT = "Report this to the vendor of the plugin";

    private final String plugin;
    private final ClassLoader loader;
    private final CallLimit limit;
    private final StandingProblems standing;
    /** Guarded by this. */
    private final Deque<Runnable> behind = new ArrayDeque<>();
    /** Guarded by this. */
    private int overdue;
    /** Guarded by this. */
    private boolean over;

    /**
     * Calls into a plugin.
     *
     * @param loader the context class loader of the calls
     */
    public LifeCalls(String plugin, ClassLoader loader, CallLimit limit) {
        this.plugin = plugin;
        this.loader = loader;
        this.limit = limit;
        this.standing = new StandingProblems(limit.problems());
    }

    /** The plugin's id. */
    public String plugin() {
        return plugin;
    }

    /** How long a call may take. */
    public Duration limit() {
        return limit.limit();
    }

    /** Takes the problems of the plugin. */
    public Problems problems() {
        return limit.problems();
    }

    /** The problems that end with the plugin, if not before. */
    public StandingProblems standing() {
        return standing;
    }

    /** Reports that the plugin did not return, in place of the last time that it did not return from the same operation. */
    public void report(OverdueException overdue) {
        standing.report(overdue.operation(), overdue.problem());
    }

    /** As {@link #report(OverdueException)}, of an operation of one heap. */
    public void report(String heap, OverdueException overdue) {
        standing.report(List.of(heap, overdue.operation()), overdue.problemOfHeap(heap));
    }

    /** The plugin was stopped: when no call is overdue any more, it is gone. */
    public void stopped() {
        synchronized (this) {
            over = true;
            if (overdue > 0) {
                return;
            }
        }
        standing.endAll();
    }

    /** Whether a call is over the limit and has not returned. */
    public synchronized boolean isOverdue() {
        return overdue > 0;
    }

    /** Begins a call. The caller sees to its end with {@link LifeCall#get} or {@link LifeCall#end}. */
    public <T extends @Nullable Object> LifeCall<T> begin(String operation, Supplier<T> body) {
        return begin(operation, limit(), body);
    }

    /** Begins a call with a limit of its own, if that is shorter than that of the policy. */
    public <T extends @Nullable Object> LifeCall<T> begin(String operation, Duration most, Supplier<T> body) {
        Duration time = most.compareTo(limit()) < 0 ? most : limit();
        var call = new LifeCall<>(this, operation, time, loader, body);
        call.start();
        return call;
    }

    /**
     * Calls and waits for the end; or, behind an overdue call, leaves it for when that returns. Throws what the plugin throws.
     *
     * @throws OverdueException if the limit is over
     */
    public void run(String operation, Runnable body) {
        synchronized (this) {
            if (overdue > 0) {
                behind.add(body);
                return;
            }
        }
        this.<@Nullable Void>begin(operation, () -> {
                    body.run();
                    return null;
                })
                .end();
    }

    void giveUp(LifeCall<?> call) {
        synchronized (this) {
            if (!call.expire()) {
                return;
            }
            overdue++;
            limit.add(call);
        }
        call.interrupt();
    }

    /** An overdue call has returned, on its own thread: what was left for now runs, unless another one is overdue. */
    void returned(LifeCall<?> call) {
        Runnable next = next(call);
        while (next != null) {
            try {
                next.run();
            } catch (Throwable e) {
                ForeignFailure thrown = ForeignFailure.copyOf(e);
                problems()
                        .report(Problem.of(
                                Problem.Kind.PLUGIN_THREW,
                                plugin,
                                "threw " + thrown + " when it was ended after its late " + call.operation(),
                                REPORT,
                                thrown));
            }
            next = next(call);
        }
    }

    private @Nullable Runnable next(LifeCall<?> call) {
        synchronized (this) {
            Runnable next = overdue == 1 ? behind.poll() : null;
            if (next != null) {
                return next;
            }
            overdue--;
            limit.remove(call);
            if (overdue > 0 || !over) {
                return null;
            }
        }
        standing.endAll();
        return null;
    }
}
