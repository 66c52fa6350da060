package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.life.ForeignFailure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls into a plugin whose word is not taken for granted: whatever escapes it becomes {@link ErrorCode#PLUGIN_FAILED}. */
final class PluginCalls {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");
    private static final String HINT =
            "Report this to the vendor of the plugin; `dmaheap plugin list` says who that is";
    /** So many different failures of one heap are reported; a plugin may put a counter or an address into its messages. */
    private static final int MOST_REPORTED = 32;

    private final String heap;
    private final String plugin;
    private final LifeCalls life;
    /** The failures that were reported, by operation and text. */
    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    private final Runnable secondRelease = () -> failed(
            "release",
            new IllegalStateException("memory that was released before was released again; nothing was done"));

    PluginCalls(String heap, LifeCalls life) {
        this.heap = heap;
        this.plugin = life.plugin();
        this.life = life;
    }

    /** What the plugin answers, which is not null. */
    <T> T call(String operation, Supplier<? extends @Nullable T> body) {
        T answer;
        try {
            answer = body.get();
        } catch (Throwable e) {
            throw translated(operation, e);
        }
        if (answer == null) {
            throw broken(operation, "returned null", null);
        }
        return answer;
    }

    /** An operation without an answer. */
    void run(String operation, Runnable body) {
        try {
            body.run();
        } catch (Throwable e) {
            throw translated(operation, e);
        }
    }

    /** An operation that must not fail: nobody could do anything about it, and what comes after it must happen. */
    void quietly(String operation, Runnable body) {
        try {
            body.run();
        } catch (Throwable e) {
            failed(operation, e);
        }
    }

    /** An operation that must not fail did. Reported once for each operation and text, logged every time. */
    void failed(String operation, Throwable e) {
        try {
            report(operation, e);
        } catch (RuntimeException | Error more) {
            // There is no memory or stack to say so, and what comes after the operation must happen.
            return;
        }
    }

    /** Reports that the plugin released the memory of a buffer again. Made once, so that it costs an allocation nothing. */
    Runnable secondRelease() {
        return secondRelease;
    }

    private void report(String operation, Throwable e) {
        ForeignFailure thrown = ForeignFailure.copyOf(e);
        LOG.log(
                System.Logger.Level.DEBUG,
                "heap " + heap + ": the plugin " + plugin + " failed in " + operation + ", which must not fail",
                thrown);
        if (e instanceof OverdueException overdue) {
            life.report(heap, overdue);
        } else if (reported.size() < MOST_REPORTED && reported.add(operation + " " + thrown)) {
            life.problems()
                    .report(Problem.of(
                            Problem.Kind.PLUGIN_THREW,
                            heap,
                            "the plugin " + plugin + " failed in " + operation + ", which must not fail: " + thrown,
                            HINT,
                            thrown));
        }
    }

    /** A breach of the contract that shows in what the plugin returned. */
    HeapException broken(String operation, String how, @Nullable Throwable cause) {
        return HeapException.of(ErrorCode.PLUGIN_FAILED, "the plugin " + plugin + " broke its contract: it " + how)
                .heap(heap)
                .operation(operation)
                .hint(HINT)
                .cause(cause)
                .build();
    }

    /** An overflowing stack is the plugin's doing; a JVM that has no memory or is broken is not. */
    HeapException translated(String operation, Throwable e) {
        if (e instanceof HeapException refused) {
            return refused;
        }
        if (e instanceof OverdueException overdue) {
            return overdue.ofHeap(heap);
        }
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
        ForeignFailure copy = ForeignFailure.copyOf(e);
        return broken(operation, "threw " + copy, copy.isFaithful() ? e : copy);
    }
}
