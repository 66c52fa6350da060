package io.dmaheap.core.life;

import io.dmaheap.Problem;
import java.util.ArrayDeque;
import java.util.List;

/** The problems seen so far, oldest first; the oldest are forgotten when there are very many. Safe for use by several threads. */
public final class Problems {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");
    private static final int KEPT = 1000;

    private final ArrayDeque<Problem> seen = new ArrayDeque<>();

    /** Keeps the problem and logs it. */
    public void report(Problem problem) {
        synchronized (seen) {
            if (seen.size() == KEPT) {
                seen.removeFirst();
            }
            seen.addLast(problem);
        }
        LOG.log(System.Logger.Level.WARNING, problem::toString);
        problem.cause().ifPresent(cause -> LOG.log(System.Logger.Level.DEBUG, problem.subject(), cause));
    }

    /** A copy of what was reported. */
    public List<Problem> all() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }
}
