package io.dmaheap.core.buffer;

import io.dmaheap.core.life.RefCount;
import io.dmaheap.spi.Platform;
import java.util.function.Supplier;

/** Keeps the platform open while a heap, an imported buffer or a connection needs it, even after {@code Heaps} was closed. */
public final class PlatformUse {
    private final Platform platform;
    private final RefCount references = RefCount.open();

    /** Nobody uses it yet. */
    public PlatformUse(Platform platform) {
        this.platform = platform;
    }

    /**
     * One more user.
     *
     * @throws IllegalStateException if {@link #close} was called
     */
    public void retain() {
        switch (references.retain()) {
            case YES -> {}
            case ENDED -> {
                platform.close();
                throw new IllegalStateException("these heaps are closed");
            }
            case CLOSED -> throw new IllegalStateException("these heaps are closed");
        }
    }

    /**
     * One more user, if it can be made.
     *
     * @throws IllegalStateException as {@link #retain}
     */
    public <T> T retainFor(Supplier<T> user) {
        retain();
        try {
            return user.get();
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** One user less. */
    public void release() {
        if (references.release()) {
            platform.close();
        }
    }

    /** Closes the platform when its last user is gone. */
    public void close() {
        if (references.close()) {
            platform.close();
        }
    }
}
