package io.dmaheap.drivers;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;

/** A fence that a test signals by hand, as a device would when its work is done. */
public final class VgemFence {
    private final DrmCard card;
    private final int fence;

    VgemFence(DrmCard card, int fence) {
        this.card = card;
        this.fence = fence;
    }

    /**
     * Ends the pretended work. Only once.
     *
     * @throws HeapException {@link ErrorCode#TIMED_OUT} if the fence had expired; {@link ErrorCode#SYSTEM_ERROR} with
     *     {@code ENOENT} if it was signalled before
     */
    public void signal() {
        card.signalFence(fence);
    }
}
