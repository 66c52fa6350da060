package io.dmaheap.core.event;

import io.dmaheap.HeapException;
import org.jspecify.annotations.Nullable;

/** Failures in one word. */
final class Failures {
    private Failures() {}

    /** The error code, or the class of whatever else was thrown; null if nothing was. */
    static @Nullable String word(@Nullable Throwable thrown) {
        if (thrown == null) {
            return null;
        }
        return thrown instanceof HeapException known
                ? known.code().name()
                : thrown.getClass().getSimpleName();
    }
}
