package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls into a plugin whose word is not taken for granted: whatever escapes it becomes {@link ErrorCode#PLUGIN_FAILED}. */
final class PluginCalls {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");

    private final String heap;
    private final String plugin;

    PluginCalls(String heap, String plugin) {
        this.heap = heap;
        this.plugin = plugin;
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

    /** An operation that must not fail did. */
    void failed(String operation, Throwable e) {
        LOG.log(
                System.Logger.Level.ERROR,
                "heap " + heap + ": the plugin " + plugin + " failed in " + operation + ", which must not fail",
                e);
    }

    /** A breach of the contract that shows in what the plugin returned. */
    HeapException broken(String operation, String how, @Nullable Throwable cause) {
        return HeapException.of(ErrorCode.PLUGIN_FAILED, "the plugin " + plugin + " broke its contract: it " + how)
                .heap(heap)
                .operation(operation)
                .hint("Report this to the vendor of the plugin; `dmaheap plugin list` says who that is")
                .cause(cause)
                .build();
    }

    /** An overflowing stack is the plugin's doing; a JVM that has no memory or is broken is not. */
    HeapException translated(String operation, Throwable e) {
        if (e instanceof HeapException refused) {
            return refused;
        }
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
        return broken(operation, "threw " + e, e);
    }
}
