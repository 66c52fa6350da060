package io.dmaheap.core.life;

import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Problem;
import io.dmaheap.core.event.LeakEvent;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds handles that became garbage unclosed, reports where they were made, and gives back what they held.
 *
 * <p>The collector knows nothing of the weight of a dma-buf, so a forgotten one may stay for very long: this is a net under the
 * trapeze, not a way to free memory.
 */
public final class LeakDetector {
    private static final int SAMPLE = 128;
    /** One thread for all instances; it ends with the JVM. */
    private static final Cleaner CLEANER = Cleaner.create();

    private final LeakDetection level;
    private final Problems problems;

    /** A detector that reports to {@code problems}. */
    public LeakDetector(LeakDetection level, Problems problems) {
        this.level = level;
        this.problems = problems;
    }

    /** Whether the next handle should remember where it was made: all of them, or one in {@value #SAMPLE}. */
    public boolean sampled() {
        return level == LeakDetection.FULL || ThreadLocalRandom.current().nextInt(SAMPLE) == 0;
    }

    /** Whether even handles that keep no memory are watched. */
    public boolean watchesEverything() {
        return level == LeakDetection.FULL;
    }

    /** What a handle holds. Must not reach the handle, which would never become garbage. */
    public interface Held {
        /** What the handle is, for the report. */
        String what();

        /** The bytes that the handle keeps from being freed. */
        long bytes();

        /** Gives back what the handle held. Runs once: when the watch ends, or when the handle is lost. */
        void release();
    }

    /**
     * Watches a handle.
     *
     * @param handle what may become garbage
     * @param held what it holds
     * @param origin whether to remember where the handle was made
     */
    public Watch watch(Object handle, Held held, boolean origin) {
        return new Watch(handle, new Lost(problems, held, origin ? new Throwable() : null));
    }

    /** A handle being watched. */
    public static final class Watch {
        private final Lost lost;
        private final Cleaner.Cleanable cleanable;

        private Watch(Object handle, Lost lost) {
            this.lost = lost;
            this.cleanable = CLEANER.register(handle, lost);
        }

        /**
         * The handle was closed properly: runs the release, here and now, unless that happened already. The caller keeps the handle
         * reachable until this returns, or the cleaner's thread may take it for lost meanwhile.
         */
        public void end() {
            lost.closed = true;
            cleanable.clean();
        }
    }

    private static final class Lost implements Runnable {
        private final Problems problems;
        private final Held held;
        private final @Nullable Throwable madeAt;
        /** Written before {@code clean()}, which runs this on the same thread; the cleaner's thread only sees a lost handle. */
        private boolean closed;

        private Lost(Problems problems, Held held, @Nullable Throwable madeAt) {
            this.problems = problems;
            this.held = held;
            this.madeAt = madeAt;
        }

        @Override
        public void run() {
            if (!closed) {
                report();
            }
            held.release();
        }

        private void report() {
            String origin = madeAt == null ? "" : stack(madeAt);
            LeakEvent.emit(held.what(), held.bytes(), origin);
            problems.report(Problem.of(
                    Problem.Kind.LEAKED_HANDLE,
                    held.what(),
                    "was never closed; what it held has been released now"
                            + (origin.isEmpty() ? "" : "; made at" + origin),
                    origin.isEmpty()
                            ? "Close it with try-with-resources; to see where it was made, run with -Ddmaheap.leaks=full"
                            : "Close it with try-with-resources",
                    null));
        }

        private static String stack(Throwable madeAt) {
            return Arrays.stream(madeAt.getStackTrace())
                    .filter(frame -> !frame.getClassName().startsWith("io.dmaheap.core."))
                    .limit(16)
                    .map(frame -> "\n    " + frame)
                    .collect(Collectors.joining());
        }
    }
}
