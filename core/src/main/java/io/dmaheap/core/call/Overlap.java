package io.dmaheap.core.call;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Steps with several plugins, one after the other as long as each is quick. One that takes a sixteenth of the limit lets the next
 * begin beside it; after four of those none waits for another. So several plugins that hang take hardly longer than one.
 *
 * <p>Confined to one thread; the steps run on threads of their own, and end by themselves since the calls in them have limits.
 *
 * @param <T> what a step is about
 */
public final class Overlap<T> {
    private static final int PART = 16;
    private static final int MOST_WAITS = 4;

    private final Duration patience;
    private final Set<T> underWay = new HashSet<>();
    private final BlockingQueue<T> ended = new LinkedBlockingQueue<>();
    private int waits = MOST_WAITS;

    /** Steps with calls of this limit. */
    public Overlap(Duration limit) {
        patience = limit.dividedBy(PART);
    }

    /** Runs {@code step} for each, and waits for all. */
    public static <T> void forEach(Iterable<? extends T> items, Duration limit, Consumer<T> step) {
        var all = new Overlap<T>(limit);
        items.forEach(item -> all.begin(item, () -> step.accept(item)));
        while (!all.isEmpty()) {
            all.take();
        }
    }

    /** Begins a step. What it throws is lost: it keeps its outcome itself. */
    public void begin(T item, Runnable step) {
        underWay.add(item);
        Runnable body = () -> {
            try {
                step.run();
            } finally {
                ended.add(item);
            }
        };
        var thread = new CallThread("dmaheap-step", Overlap.class.getClassLoader(), body);
        try {
            thread.start();
        } catch (OutOfMemoryError _) {
            // No thread is to be had. The step then has no company, and the calls in it fail by themselves.
            body.run();
        }
        if (waits > 0 && !join(thread)) {
            waits--;
        }
    }

    private boolean join(Thread thread) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(deadline - System.nanoTime()));
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether no step is left to {@link #take}. */
    public boolean isEmpty() {
        return underWay.isEmpty();
    }

    /** Those begun and not yet taken. */
    public Set<T> underWay() {
        return Set.copyOf(underWay);
    }

    /** Whether a step has ended that was not taken yet. */
    public boolean hasEnded() {
        return !ended.isEmpty();
    }

    /** One whose step has ended; waits for it if need be. */
    public T take() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    T item = ended.take();
                    underWay.remove(item);
                    return item;
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
