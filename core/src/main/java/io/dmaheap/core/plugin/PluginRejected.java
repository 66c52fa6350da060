package io.dmaheap.core.plugin;

import io.dmaheap.Problem;
import io.dmaheap.core.life.ForeignFailure;
import org.jspecify.annotations.Nullable;

/** Carries a problem from where it was found to the one place that turns it into a {@link io.dmaheap.PluginInfo.State#FAILED}. */
final class PluginRejected extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private boolean mayPass;

    PluginRejected(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    static PluginRejected because(Problem.Kind kind, String subject, String message, String hint) {
        return because(kind, subject, message, hint, null);
    }

    static PluginRejected because(
            Problem.Kind kind, String subject, String message, String hint, @Nullable Throwable cause) {
        Throwable kept = cause == null ? null : ForeignFailure.copyOf(cause);
        return new PluginRejected(Problem.of(kind, subject, message, hint, kept));
    }

    /** For what may work later with the same jar. */
    PluginRejected passing() {
        mayPass = true;
        return this;
    }

    boolean mayPass() {
        return mayPass;
    }

    Problem problem() {
        return problem;
    }
}
