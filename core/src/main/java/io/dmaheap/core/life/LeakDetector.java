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
    private static final String RELEASED = "what it held has been released now";
    /** One thread for all instances; it ends with the JVM. */
    private static final Cleaner CLEANER = Cleaner.create();

    private final LeakDetection level;
    private final Problems problems;
    private final LeakLanes lanes = new LeakLanes();

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

    /**
     * What a handle holds, watched for the day on which the handle becomes garbage unclosed. Must not reach the handle, which would
     * never become garbage. One object for the watch and for what is held, since every buffer has one.
     */
    public abstract static class Held extends End implements Runnable {
        private final LeakDetector leaks;
        private final @Nullable Throwable madeAt;

        /** Null until {@link #watch}. */
        private Cleaner.@Nullable Cleanable cleanable;
        /** Written before {@code clean()}, which releases on the same thread; the cleaner's thread only sees a lost handle. */
        private boolean closed;

        /** Remembers the place, if {@code origin}, as where the handle was made. */
        protected Held(LeakDetector leaks, boolean origin) {
            this.leaks = leaks;
            this.madeAt = origin ? new Throwable() : null;
        }

        /** What the handle is, for the report. */
        protected abstract String what();

        /** The bytes that the handle keeps from being freed. */
        protected abstract long bytes();

        /** Whose code gives it back, such as the name of a heap: what is lost of others does not wait for it. */
        protected abstract String lane();

        /** Gives back what the handle held, as {@link End#carryOut} says: when the watch ends, or when the handle is lost. */
        protected abstract void release();

        /** What became of what a lost handle held, for the report; asked after the release. */
        protected String outcome() {
            return RELEASED;
        }

        /** Begins to watch. */
        public final void watch(Object handle) {
            cleanable = CLEANER.register(handle, this);
        }

        /**
         * The handle was closed properly: runs the release, here and now, unless that happened already. The caller keeps the handle
         * reachable until this returns, or the cleaner's thread may take it for lost meanwhile.
         */
        public final void end() {
            closed = true;
            if (cleanable == null) {
                begin();
            } else {
                beginThrough(cleanable);
            }
            try {
                End.carryOn();
            } catch (StackOverflowError | OutOfMemoryError e) {
                return; // for a thread with more of it
            }
        }

        /** Whether the handle became garbage unclosed. */
        protected final boolean isLost() {
            return !closed;
        }

        /** For the cleaner, which runs it once, whoever was first. */
        @Override
        public final void run() {
            if (closed) {
                begin();
                return;
            }
            try {
                leaks.lanes.execute(lane(), this::begin);
            } catch (OutOfMemoryError e) {
                begin();
            }
        }

        @Override
        protected final void carryOut() {
            try {
                release();
            } finally {
                if (!closed) {
                    report();
                }
            }
        }

        private void report() {
            String origin = madeAt == null ? "" : stack(madeAt);
            LeakEvent.emit(what(), bytes(), origin);
            leaks.problems.report(Problem.of(
                    Problem.Kind.LEAKED_HANDLE,
                    what(),
                    "was never closed; " + outcome() + (origin.isEmpty() ? "" : "; made at" + origin),
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
