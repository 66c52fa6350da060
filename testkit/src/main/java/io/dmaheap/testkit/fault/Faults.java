package io.dmaheap.testkit.fault;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which calls fail, and how often each was made. Faults can be added while the heap is in use. Safe for use by several threads: the
 * n-th call is the n-th in some order.
 */
public final class Faults {
    private final Map<Callback, Integer> calls = new EnumMap<>(Callback.class);
    private final Map<Callback, Map<Integer, Supplier<? extends Throwable>>> planned = new EnumMap<>(Callback.class);
    private final Map<Callback, Supplier<? extends Throwable>> always = new EnumMap<>(Callback.class);

    /** No faults. */
    public Faults() {}

    /**
     * Makes one call fail, instead of being made.
     *
     * @param callback which
     * @param nth 1 for the first call since these faults were made
     * @param failure makes what is thrown: a {@link io.dmaheap.HeapException}, or what a plugin must not throw, checked exceptions
     *     and errors included
     */
    public synchronized Faults on(Callback callback, int nth, Supplier<? extends Throwable> failure) {
        planned.computeIfAbsent(callback, _ -> new HashMap<>()).put(nth, failure);
        return this;
    }

    /** Makes every call fail, until {@link #none}. */
    public synchronized Faults onEvery(Callback callback, Supplier<? extends Throwable> failure) {
        always.put(callback, failure);
        return this;
    }

    /** Makes no further call fail. The counts go on. */
    public synchronized Faults none() {
        planned.clear();
        always.clear();
        return this;
    }

    /** How many calls were made so far, those that failed included. */
    public synchronized int calls(Callback callback) {
        return calls.getOrDefault(callback, 0);
    }

    /** Counts a call, and makes it unless it is to fail. */
    <T> T call(Callback callback, Supplier<T> working) {
        reach(callback);
        return working.get();
    }

    /** Counts a call, and makes it unless it is to fail. */
    void run(Callback callback, Runnable working) {
        reach(callback);
        working.run();
    }

    /** Makes a call that gives something back, whether or not it is to fail, so that a test of the failure leaks nothing. */
    void runAnyway(Callback callback, Runnable working) {
        working.run();
        reach(callback);
    }

    /** Throws if the call is to fail. */
    private void reach(Callback callback) {
        Supplier<? extends Throwable> failure = next(callback);
        if (failure != null) {
            throw Faults.<RuntimeException>unchecked(failure.get());
        }
    }

    private synchronized @Nullable Supplier<? extends Throwable> next(Callback callback) {
        int nth = calls.merge(callback, 1, Integer::sum);
        var once = planned.getOrDefault(callback, Map.of()).get(nth);
        return once != null ? once : always.get(callback);
    }

    /** Throws a checked exception where none is declared, as a plugin written in another language could. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable throwable) throws T {
        throw (T) throwable;
    }
}
