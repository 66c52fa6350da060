package io.dmaheap.core.life;

import org.jspecify.annotations.Nullable;

/**
 * What a plugin threw, without the plugin. A throwable refers to its own class and to those of its stack, and so to the plugin's
 * class loader; a problem that is kept in a list would keep the loader with it. The copy has the same text and the same trace.
 */
public final class ForeignFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int DEEPEST_CAUSE = 16;

    private final String text;

    private ForeignFailure(String text, StackTraceElement[] trace, @Nullable Throwable cause) {
        super(text, cause);
        this.text = text;
        setStackTrace(trace);
    }

    /** The copy of a throwable and of its causes; never fails, whatever the original does. */
    public static ForeignFailure copyOf(Throwable original) {
        return copyOf(original, 0);
    }

    private static ForeignFailure copyOf(Throwable original, int depth) {
        if (original instanceof ForeignFailure already) {
            return already;
        }
        try {
            Throwable cause = original.getCause();
            ForeignFailure copy = cause == null || depth == DEEPEST_CAUSE ? null : copyOf(cause, depth + 1);
            return new ForeignFailure(original.toString(), original.getStackTrace(), copy);
        } catch (RuntimeException | Error e) {
            // What a throwable says of itself is the plugin's code, too.
            return new ForeignFailure(original.getClass().getName(), new StackTraceElement[0], null);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
