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

    /**
     * Watches a handle.
     *
     * @param handle what may become garbage
     * @param what it is, for the report: must not reach {@code handle}
     * @param bytes what it keeps from being freed
     * @param release gives back what the handle held; runs once: when the watch ends or when the handle is lost
     * @param origin whether to remember where the handle was made
     */
    public Watch watch(Object handle, String what, long bytes, Runnable release, boolean origin) {
        return new Watch(handle, new Lost(problems, what, bytes, release, origin ? new Throwable(what) : null));
    }

    /** A handle being watched. */
    public static final class Watch {
        private final Lost lost;
        private final Cleaner.Cleanable cleanable;

        private Watch(Object handle, Lost lost) {
            this.lost = lost;
            this.cleanable = CLEANER.register(handle, lost);
        }

        /** The handle was closed properly: runs the release, here and now, unless that happened already. */
        public void end() {
            lost.closed = true;
            cleanable.clean();
        }
    }

    private static final class Lost implements Runnable {
        private final Problems problems;
        private final String what;
        private final long bytes;
        private final Runnable release;
        private final @Nullable Throwable madeAt;
        /** Written before {@code clean()}, which runs this on the same thread; the cleaner's thread only sees a lost handle. */
        private boolean closed;

        private Lost(Problems problems, String what, long bytes, Runnable release, @Nullable Throwable madeAt) {
            this.problems = problems;
            this.what = what;
            this.bytes = bytes;
            this.release = release;
            this.madeAt = madeAt;
        }

        @Override
        public void run() {
            if (!closed) {
                report();
            }
            release.run();
        }

        private void report() {
            String origin = madeAt == null ? "" : stack(madeAt);
            LeakEvent.emit(what, bytes, origin);
            problems.report(Problem.of(
                    Problem.Kind.LEAKED_HANDLE,
                    what,
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
