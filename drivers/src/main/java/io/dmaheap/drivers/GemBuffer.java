package io.dmaheap.drivers;

import io.dmaheap.Access;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A buffer inside a DRM driver. Safe for use by several threads. */
public final class GemBuffer implements AutoCloseable {
    private final DrmCard card;
    private final int handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    GemBuffer(DrmCard card, int handle) {
        this.card = card;
        this.handle = handle;
    }

    /** The GEM handle, equal for two imports of one buffer. */
    public int handle() {
        return handle;
    }

    /** Exports the buffer again. For an imported buffer that is the buffer itself, not a copy. */
    public DmaBufFd exportFd() {
        checkOpen();
        return card.export(handle);
    }

    /**
     * Attaches a fence, as if a device worked on the buffer until it is signalled; only the {@code vgem} driver offers it
     * (drivers/gpu/drm/vgem/vgem_fence.c). It expires by itself after 10 s.
     *
     * @param access what the pretended work does: for {@link Access#READ} only writers will wait
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EBUSY} if a conflicting fence is pending
     */
    public VgemFence attachFence(Access access) {
        checkOpen();
        return card.attachFence(handle, access);
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the import is closed");
        }
    }

    /** Drops the import. Closing twice is harmless. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            card.drop(handle);
        }
    }
}
