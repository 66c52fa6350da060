package io.dmaheap.core.life;

import io.dmaheap.Problem;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/** The problems there are, oldest first; the oldest are forgotten when there are very many. Safe for use by several threads. */
public final class Problems {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");
    private static final int KEPT = 1000;

    private final ArrayDeque<Problem> seen = new ArrayDeque<>();

    /** Keeps the problem and logs it. What a plugin threw is copied, since it would keep the plugin's classes in memory. */
    public void report(Problem problem) {
        keep(problem);
        log(problem);
    }

    /** The part of {@link #report} that calls no code of others. */
    void keep(Problem problem) {
        var kept = new Problem(
                problem.kind(),
                problem.subject(),
                problem.message(),
                problem.hint(),
                problem.cause().map(ForeignFailure::copyOf));
        synchronized (seen) {
            if (seen.size() == KEPT) {
                seen.removeFirst();
            }
            seen.addLast(kept);
        }
    }

    /** The other part of {@link #report}. */
    static void log(Problem problem) {
        LOG.log(System.Logger.Level.WARNING, problem::toString);
        problem.cause().ifPresent(cause -> LOG.log(System.Logger.Level.DEBUG, problem.subject(), cause));
    }

    /**
     * Forgets a problem whose cause has ended: the oldest of this kind, subject, message and hint. What was never reported, or forgotten
     * already, is no error.
     */
    public void end(Problem problem) {
        forget(problem);
        logEnd(problem);
    }

    /** The part of {@link #end} that calls no code of others. */
    void forget(Problem problem) {
        synchronized (seen) {
            for (Iterator<Problem> all = seen.iterator(); all.hasNext(); ) {
                if (isSame(all.next(), problem)) {
                    all.remove();
                    break;
                }
            }
        }
    }

    /** The other part of {@link #end}. */
    static void logEnd(Problem problem) {
        LOG.log(System.Logger.Level.DEBUG, "passed: {0}", problem);
    }

    static boolean isSame(Problem one, Problem other) {
        return one.kind() == other.kind()
                && one.subject().equals(other.subject())
                && one.message().equals(other.message())
                && one.hint().equals(other.hint());
    }

    /** A copy of what was reported and has not ended. */
    public List<Problem> all() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }
}
