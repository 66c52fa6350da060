package io.dmaheap.conformance.soak;

import io.dmaheap.HeapException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How the calls of a program ended. Safe for use by several threads. */
final class Outcomes {
    /** What a call that succeeded counts as. */
    static final String DONE = "done";

    /** What a call counts as that met a handle which another thread had closed. */
    static final String CLOSED = "closed";

    private static final int MOST_ESCAPED = 20;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<String, String> examples = new ConcurrentHashMap<>();
    private final Queue<String> escaped = new ConcurrentLinkedQueue<>();
    private final AtomicInteger escapes = new AtomicInteger();

    /**
     * Makes a call and counts how it ends.
     *
     * @param method the method of the API, such as {@code Heap.allocate}
     */
    <T> Optional<T> of(String method, Callable<T> call) {
        return of(method, false, call);
    }

    /** As {@link #of(String, Callable)}, on a handle that another thread may close. */
    <T> Optional<T> ofShared(String method, Callable<T> call) {
        return of(method, true, call);
    }

    private <T> Optional<T> of(String method, boolean shared, Callable<T> call) {
        try {
            T answer = call.call();
            count(method, DONE);
            return Optional.ofNullable(answer);
        } catch (HeapException e) {
            count(method, e.code().name());
            examples.putIfAbsent(method + "\t" + e.code(), String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            if (shared) {
                count(method, CLOSED);
            } else {
                escape(method, e);
            }
        } catch (Throwable e) {
            escape(method, e);
        }
        return Optional.empty();
    }

    private void count(String method, String how) {
        counts.computeIfAbsent(method + "\t" + how, _ -> new LongAdder()).increment();
    }

    /** What must not happen did. */
    void escape(String where, Throwable e) {
        if (escapes.incrementAndGet() <= MOST_ESCAPED) {
            var text = new StringBuilder(where + "\t" + e);
            for (StackTraceElement frame : e.getStackTrace()) {
                text.append(" | ").append(frame);
            }
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                text.append(" caused by ").append(cause);
            }
            escaped.add(text.toString());
        }
    }

    /** Lines {@code call METHOD HOW COUNT EXAMPLE} and {@code escaped METHOD TEXT}, with tabs between the words. */
    List<String> report() {
        var lines = new ArrayList<String>();
        new TreeMap<>(counts)
                .forEach((call, count) ->
                        lines.add("call\t" + call + "\t" + count + "\t" + examples.getOrDefault(call, "")));
        escaped.forEach(text -> lines.add("escaped\t" + text));
        return lines;
    }
}
