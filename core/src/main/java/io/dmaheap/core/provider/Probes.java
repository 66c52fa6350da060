package io.dmaheap.core.provider;

import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.call.CallThread;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.life.ForeignFailure;
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

    private final LifeCalls life;
    private final PluginThreads threads;

    /** All of these guarded by this. */
    private final List<Runnable> looks = new ArrayList<>();

    private final List<PlatformWatch> watches = new ArrayList<>();
    private boolean started;
    private boolean ended;
    /** Something was gained that no look has seen. */
    private boolean due;

    private boolean scheduled;
    /** A look waits for an overdue call. */
    private boolean later;

    private @Nullable Thread looking;

    Probes(LifeCalls life, PluginThreads threads) {
        this.life = life;
        this.threads = threads;
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
            throw new IllegalStateException("the plugin " + life.plugin() + " is going away and looks for no heaps");
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
        if (life.isOverdue()) {
            lookLater();
            return;
        }
        try {
            life.run("look", look);
            life.standing().end(look);
        } catch (OverdueException e) {
            life.standing().report(look, e.problem());
        } catch (Throwable e) {
            if (isEnded()) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "the plugin " + life.plugin() + " went away while it looked for heaps",
                        e);
            } else {
                life.standing().report(look, threw(e));
            }
        }
    }

    /** When the overdue call of the plugin has returned. */
    private void lookLater() {
        synchronized (this) {
            if (later) {
                return;
            }
            later = true;
        }
        life.run("look", () -> {
            synchronized (this) {
                later = false;
            }
            gained();
        });
    }

    private Problem threw(Throwable e) {
        return Problem.of(
                Problem.Kind.PLUGIN_THREW,
                life.plugin(),
                "threw " + ForeignFailure.copyOf(e) + " when it looked for what has come",
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
        long deadline = System.nanoTime() + life.limit().toNanos();
        boolean interrupted = false;
        while (looking != null && !CallThread.worksFor(looking)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break; // overdue, and reported as such; what comes now is left for when it returns
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
