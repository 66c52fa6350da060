package io.dmaheap.core.call;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A plugin did not return from a call within the limit. The cause has the stack of the plugin's thread. */
public final class OverdueException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int FRAMES = 16;
    private static final String HINT = "Report this to the vendor of the plugin; if it only needs longer, raise"
            + " limit.plugin.call in the policy file";

    private final String plugin;
    private final String operation;
    private final String what;

    OverdueException(LifeCall<?> call) {
        this(call, call.stack());
    }

    private OverdueException(LifeCall<?> call, StackTraceElement[] stack) {
        super("the plugin " + call.plugin() + " " + what(call, stack), new Standstill(call, stack));
        plugin = call.plugin();
        operation = call.operation();
        what = what(call, stack);
    }

    private static String what(LifeCall<?> call, StackTraceElement[] stack) {
        String where = Arrays.stream(stack)
                .limit(FRAMES)
                .map(frame -> "\n    " + frame)
                .collect(Collectors.joining());
        return "did not return from " + call.operation() + " within " + text(call.limit())
                + (where.isEmpty() ? "" : "; its thread " + call.threadName() + " is at" + where);
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** What did not return, such as {@code start}. */
    public String operation() {
        return operation;
    }

    /** For the list of problems. */
    public Problem problem() {
        return Problem.of(Problem.Kind.PLUGIN_OVERDUE, plugin, what, HINT, getCause());
    }

    /** For the list of problems, if it concerns one heap of the plugin. */
    public Problem problemOfHeap(String heap) {
        return Problem.of(Problem.Kind.PLUGIN_OVERDUE, heap, "the plugin " + plugin + " " + what, HINT, getCause());
    }

    /** For the caller of {@code heap}. */
    public HeapException ofHeap(String heap) {
        return HeapException.of(ErrorCode.PLUGIN_FAILED, String.valueOf(getMessage()))
                .heap(heap)
                .operation(operation)
                .hint(HINT)
                .cause(getCause())
                .build();
    }

    /** Where the plugin's thread was, as the stack trace of an exception. */
    private static final class Standstill extends Exception {
        private static final long serialVersionUID = 1;

        Standstill(LifeCall<?> call, StackTraceElement[] stack) {
            super("the thread " + call.threadName() + " after " + text(call.limit()), null, false, true);
            setStackTrace(stack);
        }
    }
}
