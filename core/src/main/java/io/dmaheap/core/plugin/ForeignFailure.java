package io.dmaheap.core.plugin;

/**
 * What a plugin threw, without the plugin. A throwable refers to its own class and to those of its stack, and so to the plugin's
 * class loader; a problem that is kept in a list would keep the loader with it. The copy has the same text and the same trace.
 */
final class ForeignFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int DEEPEST_CAUSE = 16;

    private final String text;

    private ForeignFailure(Throwable original, int depth) {
        super(original.getMessage(), null, true, true);
        text = textOf(original);
        setStackTrace(original.getStackTrace());
        Throwable cause = original.getCause();
        if (cause != null && depth < DEEPEST_CAUSE) {
            initCause(new ForeignFailure(cause, depth + 1));
        }
    }

    static ForeignFailure copyOf(Throwable original) {
        return original instanceof ForeignFailure copy ? copy : new ForeignFailure(original, 0);
    }

    /** What the throwable says of itself, which is a plugin's code, too, and may throw. */
    private static String textOf(Throwable original) {
        try {
            return String.valueOf(original);
        } catch (RuntimeException | Error e) {
            return original.getClass().getName();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
