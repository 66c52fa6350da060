package io.dmaheap.core.provider;

import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.life.Problems;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How one plugin looks for what it can offer: once as it starts, and again, on its executor and one look at a time, whenever the
 * platform may have gained something. Safe for use by several threads.
 */
final class Probes {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");

    /** How long the end of a look is waited for that does not heed interruption. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String plugin;
    private final PluginThreads threads;
    private final Problems problems;

    /** All of these guarded by this. */
    private final List<Runnable> looks = new ArrayList<>();

    private final List<PlatformWatch> watches = new ArrayList<>();
    private boolean started;
    private boolean ended;
    /** Something was gained that no look has seen. */
    private boolean due;

    private boolean scheduled;
    private @Nullable Thread looking;

    Probes(String plugin, PluginThreads threads, Problems problems) {
        this.plugin = plugin;
        this.threads = threads;
        this.problems = problems;
    }

    /** Takes the first look, and watches from before it, so that nothing can come unseen. */
    void add(Runnable look, Platform platform) {
        PlatformWatch watch = platform.watch(this::gained);
        boolean tooLate;
        synchronized (this) {
            tooLate = ended;
            if (!tooLate) {
                watches.add(watch);
                looks.add(look);
            }
        }
        if (tooLate) {
            watch.close();
            throw new IllegalStateException("the plugin " + plugin + " is going away and looks for no heaps");
        }
        look.run();
    }

    /** The plugin has started: from now on it can be called again. */
    synchronized void started() {
        started = true;
        schedule();
    }

    private synchronized void gained() {
        due = true;
        schedule();
    }

    /** Within the lock, so that the executor has not ended unless this has. */
    private void schedule() {
        if (due && started && !ended && !scheduled) {
            scheduled = true;
            threads.executor().execute(this::lookWhileDue);
        }
    }

    private void lookWhileDue() {
        while (begin()) {
            for (Runnable look : looks()) {
                takeLook(look);
            }
        }
    }

    private synchronized boolean begin() {
        boolean more = due && !ended;
        due = false;
        scheduled = more;
        looking = more ? Thread.currentThread() : null;
        notifyAll();
        return more;
    }

    private synchronized List<Runnable> looks() {
        return List.copyOf(looks);
    }

    private void takeLook(Runnable look) {
        try {
            threads.run(look);
        } catch (Throwable e) {
            if (isEnded()) {
                LOG.log(System.Logger.Level.DEBUG, "the plugin " + plugin + " went away while it looked for heaps", e);
            } else {
                problems.report(threw(e));
            }
        }
    }

    private Problem threw(Throwable e) {
        return Problem.of(
                Problem.Kind.PLUGIN_THREW,
                plugin,
                "threw " + e + " when it looked for what has come",
                e instanceof HeapException refused
                        ? refused.hint().orElse("")
                        : "Report this to the vendor of the plugin",
                e);
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** No look begins any more. One that has begun goes on, and what it offers is refused. */
    void end() {
        List<PlatformWatch> open;
        synchronized (this) {
            ended = true;
            open = List.copyOf(watches);
            watches.clear();
        }
        open.forEach(PlatformWatch::close);
    }

    /** Waits until a look that has begun is over, unless this is called from within it. */
    synchronized void awaitEnd() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean interrupted = false;
        while (looking != null && looking != Thread.currentThread()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the plugin {0} is stopped while it looks for heaps: it does not heed interruption",
                        plugin);
                break;
            }
            looking.interrupt();
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
