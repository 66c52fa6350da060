package io.dmaheap.core.tee;

import io.dmaheap.core.life.LeakDetector;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a caller holds of a TEE. Every operation takes a reference of its own while it runs.
 *
 * @param <T> what the platform gave
 */
abstract class TeeHandle<T> implements AutoCloseable {
    private final String what;
    private final Counted<T> counted;
    private final LeakDetector.Watch watch;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Owns the caller's reference. */
    TeeHandle(String what, Counted<T> counted, Surroundings surroundings) {
        this.what = what;
        this.counted = counted;
        surroundings.objects().increment();
        this.watch = surroundings
                .leaks()
                .watch(
                        this,
                        new Hold(what, counted, surroundings.objects()),
                        surroundings.leaks().sampled());
    }

    /**
     * What all handles of one instance share.
     *
     * @param leaks watches handles
     * @param objects counts them
     */
    record Surroundings(LeakDetector leaks, LongAdder objects) {}

    private record Hold(String what, Counted<?> counted, LongAdder objects) implements LeakDetector.Held {
        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void release() {
            objects.decrement();
            counted.release();
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
            watch.end();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public final String toString() {
        return what + (closed.get() ? " (closed)" : "");
    }
}
