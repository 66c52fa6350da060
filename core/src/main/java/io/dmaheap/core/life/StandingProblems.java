package io.dmaheap.core.life;

import io.dmaheap.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The problems of one plugin that last as long as what they are about. A later one about the same takes the place of the earlier one, and
 * all of them end with the plugin. Safe for use by several threads; nothing is logged within the lock.
 */
public final class StandingProblems {
    private final Problems problems;
    /** Guarded by this. */
    private final Map<Object, Problem> standing = new HashMap<>();
    /** Guarded by this. */
    private boolean ended;

    /** None yet; {@code problems} shows them. */
    public StandingProblems(Problems problems) {
        this.problems = problems;
    }

    /**
     * Reports a problem, unless the same one stands. When the plugin is gone it is only logged.
     *
     * @param about what it is about: equal for problems that replace each other
     */
    public void report(Object about, Problem problem) {
        Problem before = null;
        synchronized (this) {
            if (!ended) {
                before = standing.put(about, problem);
                if (before != null && Problems.isSame(before, problem)) {
                    return;
                }
                if (before != null) {
                    problems.forget(before);
                }
                problems.keep(problem);
            }
        }
        if (before != null) {
            Problems.logEnd(before);
        }
        Problems.log(problem);
    }

    /** Ends the problem about this, if there is one. */
    public void end(Object about) {
        Problem before = forget(about);
        if (before != null) {
            Problems.logEnd(before);
        }
    }

    private synchronized @Nullable Problem forget(Object about) {
        Problem before = standing.remove(about);
        if (before != null) {
            problems.forget(before);
        }
        return before;
    }

    /** The plugin is gone: ends all, and takes no more. */
    public void endAll() {
        List<Problem> all;
        synchronized (this) {
            ended = true;
            all = List.copyOf(standing.values());
            standing.clear();
            all.forEach(problems::forget);
        }
        all.forEach(Problems::logEnd);
    }
}
