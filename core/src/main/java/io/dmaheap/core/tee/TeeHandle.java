package io.dmaheap.core.tee;

import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.life.Tally;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a caller holds of a TEE. Every operation takes a reference of its own while it runs.
 *
 * @param <T> what the platform gave
 */
abstract class TeeHandle<T> implements AutoCloseable {
    private final String what;
    private final Counted<T> counted;
    private final LeakDetector.Held held;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Owns the caller's reference. */
    TeeHandle(String what, Counted<T> counted, Surroundings surroundings) {
        this.what = what;
        this.counted = counted;
        surroundings.objects().increment();
        this.held = new Hold(what, counted, surroundings);
        held.watch(this);
    }

    /**
     * What all handles of one instance share.
     *
     * @param leaks watches handles
     * @param objects counts them
     */
    record Surroundings(LeakDetector leaks, Tally objects) {}

    private static final class Hold extends LeakDetector.Held {
        private final String what;
        private final Counted<?> counted;
        private final Tally objects;
        private boolean open = true;
        private boolean owns = true;

        Hold(String what, Counted<?> counted, Surroundings surroundings) {
            super(surroundings.leaks(), surroundings.leaks().sampled());
            this.what = what;
            this.counted = counted;
            this.objects = surroundings.objects();
        }

        @Override
        protected String what() {
            return what;
        }

        @Override
        protected String lane() {
            return "tee";
        }

        @Override
        protected long bytes() {
            return 0;
        }

        @Override
        protected void release() {
            if (open) {
                objects.decrement();
                open = false;
            }
            if (owns) {
                owns = false;
                counted.release();
            }
        }
    }

    /** The platform's object, which the caller {@linkplain #leave() leaves} when it has done with it. */
    final T enter() {
        if (closed.get() || !counted.retain()) {
            throw new IllegalStateException("this " + what + " is closed");
        }
        return counted.object;
    }

    final void leave() {
        counted.release();
    }

    /** The platform's object for what never changes and needs no open handle. */
    final T object() {
        return counted.object;
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            held.end();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public final String toString() {
        return what + (closed.get() ? " (closed)" : "");
    }
}
