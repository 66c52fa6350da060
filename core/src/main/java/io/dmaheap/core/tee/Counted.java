package io.dmaheap.core.tee;

import io.dmaheap.core.life.RefCount;

/**
 * Something of the platform that calls in flight keep alive. Its end comes with the last of them.
 *
 * @param <T> what it is
 */
final class Counted<T> {
    final T object;
    private final Runnable end;
    private final RefCount references = RefCount.held();

    /** Held once, by the caller; {@code end} gives it back to the platform. */
    Counted(T object, Runnable end) {
        this.object = object;
        this.end = end;
    }

    /** Takes a reference unless it has ended. */
    boolean retain() {
        return references.retainIfHeld();
    }

    void release() {
        if (references.release()) {
            end.run();
        }
    }
}
