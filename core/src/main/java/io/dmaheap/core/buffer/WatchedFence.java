package io.dmaheap.core.buffer;

import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.core.life.LeakDetector;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A fence of the platform in the hands of a caller: counted, and watched for leaks. */
final class WatchedFence implements Fence {
    private final Fence fence;
    private final Buffers buffers;
    private final Hold held;
    private final AtomicBoolean closed = new AtomicBoolean();

    private WatchedFence(Fence fence, Buffers buffers, Hold held) {
        this.fence = fence;
        this.buffers = buffers;
        this.held = held;
        held.watch(this);
    }

    private static final class Hold extends LeakDetector.Held {
        private final Buffers buffers;
        private volatile Fence fence;
        private boolean counted;

        @SuppressWarnings("NullAway.Init") // by of, which made it
        Hold(Buffers buffers) {
            super(buffers.leaks(), buffers.leaks().sampled());
            this.buffers = buffers;
        }

        @Override
        protected String what() {
            return "fence";
        }

        @Override
        protected long bytes() {
            return 0;
        }

        @Override
        protected String lane() {
            return "";
        }

        @Override
        protected void release() {
            if (counted) {
                buffers.ledger().fences().decrement();
                counted = false;
            }
            Fence open = fence;
            if (open != null) {
                open.close();
            }
        }
    }

    static Fence of(Supplier<Fence> maker, Buffers buffers) {
        var held = new Hold(buffers);
        try {
            held.fence = maker.get();
            buffers.ledger().fences().increment();
            held.counted = true;
            return new WatchedFence(held.fence, buffers, held);
        } catch (RuntimeException | Error e) {
            held.end();
            throw e;
        }
    }

    /** Uses the platform's own fence behind one that was given out here; others as they are. */
    static void with(Fence fence, Consumer<Fence> use) {
        try {
            use.accept(fence instanceof WatchedFence watched ? watched.fence : fence);
        } finally {
            Reference.reachabilityFence(fence);
        }
    }

    @Override
    public State state() {
        try {
            return fence.state();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public boolean await(Duration timeout) {
        try {
            return fence.await(timeout);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public Fence merge(Fence other) {
        try {
            return of(() -> fence.merge(other instanceof WatchedFence watched ? watched.fence : other), buffers);
        } finally {
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(other);
        }
    }

    @Override
    public DmaBufFd exportFd() {
        var descriptor = Descriptor.ofFence(buffers);
        try {
            return descriptor.open(fence.exportFd());
        } catch (RuntimeException | Error e) {
            descriptor.end();
            throw e;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            held.end();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return fence.toString();
    }
}
