package io.dmaheap.core.plugin;

import io.dmaheap.Problem;
import io.dmaheap.core.life.ForeignFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one jar, in the order found. */
final class JarFindings {
    private final String subject;
    private final List<Problem> problems = new ArrayList<>();
    private boolean passing;

    /** JarFindings about the jar of this file name. */
    JarFindings(String subject) {
        this.subject = subject;
    }

    String subject() {
        return subject;
    }

    void add(Problem.Kind kind, String message, String hint) {
        add(kind, message, hint, null);
    }

    void add(Problem.Kind kind, String message, String hint, @Nullable Throwable cause) {
        problems.add(Problem.of(kind, subject, message, hint, cause == null ? null : ForeignFailure.copyOf(cause)));
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    /** What was found may pass by itself, so that the jar is worth another look. */
    void mayPass() {
        passing = true;
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /** Whether one of the findings is about this part of the jar. */
    boolean mentions(String part) {
        return problems.stream().anyMatch(problem -> problem.message().contains(part));
    }

    List<Problem> all() {
        return List.copyOf(problems);
    }

    /**
     * Rejects the jar if anything is wrong with it.
     *
     * @throws PluginRejected with the first finding, and how many more there are
     */
    void reject() {
        if (problems.isEmpty()) {
            return;
        }
        Problem first = problems.getFirst();
        int more = problems.size() - 1;
        var rejected = new PluginRejected(
                more == 0
                        ? first
                        : new Problem(
                                first.kind(),
                                subject,
                                first.message() + " (and " + more + (more == 1 ? " more problem)" : " more problems)"),
                                first.hint(),
                                first.cause()));
        throw passing ? rejected.passing() : rejected;
    }
}
