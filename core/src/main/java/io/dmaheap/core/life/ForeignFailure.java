package io.dmaheap.core.life;

import org.jspecify.annotations.Nullable;

/**
 * What a plugin threw, without the plugin. A throwable refers to its own class and to those of its stack, and so to the plugin's
 * class loader; a problem that is kept in a list would keep the loader with it. The copy has the same text and the same trace.
 */
public final class ForeignFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int DEEPEST_CAUSE = 16;
    private static final int LONGEST_TEXT = 2000;

    private final String text;
    private final boolean faithful;

    private ForeignFailure(String text, StackTraceElement[] trace, @Nullable Throwable cause, boolean faithful) {
        super(text, cause);
        this.text = text;
        this.faithful = faithful;
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
            boolean faithful = copy == null || copy.faithful;
            return new ForeignFailure(shortened(String.valueOf(original)), original.getStackTrace(), copy, faithful);
        } catch (Throwable e) {
            // What a throwable says of itself is the plugin's code, too.
            return new ForeignFailure(original.getClass().getName(), new StackTraceElement[0], null, false);
        }
    }

    /** Whether the original could be asked for its text and trace. If not, it cannot be printed either. */
    public boolean isFaithful() {
        return faithful;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }

    @Override
    public String toString() {
        return text;
    }
}
