package io.dmaheap.core.provider;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.core.plugin.ProviderHost;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.spi.HeapProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts and stops providers, whether they come from a jar or from the class path. */
public final class ProviderRunner implements ProviderHost {
    private final Surroundings surroundings;
    private final boolean starts;
    private final RegionOwners regions;

    /** A runner of plugins in these surroundings. */
    public ProviderRunner(Surroundings surroundings) {
        this(surroundings, true);
    }

    /**
     * A runner of plugins in these surroundings.
     *
     * @param starts whether any of their code runs
     */
    public ProviderRunner(Surroundings surroundings, boolean starts) {
        this.surroundings = surroundings;
        this.starts = starts;
        this.regions = new RegionOwners(surroundings.problems());
    }

    @Override
    public boolean starts() {
        return starts;
    }

    @Override
    public Duration limit() {
        return surroundings.limit().limit();
    }

    @Override
    public Running start(String id, Supplier<List<HeapProvider>> providers, ClassLoader loader, boolean pinned) {
        var life = new LifeCalls(id, loader, surroundings.limit());
        var threads = new PluginThreads(life, loader);
        var context = new PluginContext(life, pinned, threads, surroundings, regions);
        var running = new RunningPlugin(life, context, threads);
        context.starts();
        // Until it has been stopped, however late that is: a plugin may need the platform in its stop.
        surroundings.platformUse().retain();
        try {
            life.run("start", () -> running.start(providers));
            context.publish();
            return running;
        } catch (OverdueException e) {
            threads.interrupt();
            // Stop is left for when the start returns.
            running.drain(running::stop);
            throw e;
        } catch (Throwable e) {
            running.drain(running::stop);
            throw e instanceof HeapException refused ? refused : threw(id, e);
        }
    }

    private static HeapException threw(String id, Throwable e) {
        return HeapException.of(
                        ErrorCode.PLUGIN_FAILED,
                        "the plugin " + id + " threw " + ForeignFailure.copyOf(e) + " when it was started")
                .operation("start")
                .hint("Report this to the vendor of the plugin")
                .cause(e)
                .build();
    }

    private final class RunningPlugin implements Running {
        private final LifeCalls life;
        private final PluginContext context;
        private final PluginThreads threads;
        private final List<HeapProvider> started = Collections.synchronizedList(new ArrayList<>());
        /** Of the JVM, before and after the start. */
        private volatile @Nullable GlobalState before;

        private volatile @Nullable GlobalState after;

        RunningPlugin(LifeCalls life, PluginContext context, PluginThreads threads) {
            this.life = life;
            this.context = context;
            this.threads = threads;
        }

        /** On the thread of the call, which may be overdue when a provider returns: no other begins then. */
        private void start(Supplier<List<HeapProvider>> providers) {
            before = GlobalState.now();
            try {
                for (HeapProvider provider : providers.get()) {
                    if (context.isWithdrawn()) {
                        return;
                    }
                    provider.start(context);
                    started.add(provider);
                }
            } finally {
                after = GlobalState.now();
            }
        }

        @Override
        public List<String> heaps() {
            return context.heapNames();
        }

        @Override
        public void drain(Runnable whenEmpty) {
            var heaps = context.withdraw();
            // One more than there are heaps, so that nothing ends before all of them are draining.
            var pending = new AtomicInteger(heaps.size() + 1);
            Runnable oneLess = () -> {
                if (pending.decrementAndGet() == 0) {
                    whenEmpty.run();
                }
            };
            Map<LiveHeap, Runnable> leaving = new LinkedHashMap<>();
            heaps.forEach(heap -> leaving.put(heap, () -> {
                surroundings.platformUse().release();
                oneLess.run();
            }));
            surroundings.registry().drain(leaving);
            oneLess.run();
        }

        @Override
        public void stop() {
            context.awaitLastLook();
            try {
                life.run("stop", this::end);
            } catch (OverdueException e) {
                threads.interrupt();
                life.report(e);
            }
        }

        private void end() {
            try {
                stopProviders();
                reportLeft(threads.end());
            } finally {
                context.stopped();
                life.stopped();
                surroundings.platformUse().release();
            }
        }

        private void reportLeft(Set<Thread> running) {
            GlobalState first = before;
            GlobalState second = after;
            List<String> left =
                    first == null || second == null ? List.of() : GlobalState.leftBehind(first, second, running);
            if (!left.isEmpty()) {
                life.problems()
                        .report(Problem.of(
                                Problem.Kind.LEAKED_STATE,
                                life.plugin(),
                                "was stopped and left behind what it did while it started: " + String.join("; ", left),
                                "It belongs to the whole program. Report this to the vendor of the plugin",
                                null));
            }
        }

        private void stopProviders() {
            for (HeapProvider provider : started.reversed()) {
                try {
                    provider.stop();
                } catch (Throwable e) {
                    ForeignFailure thrown = ForeignFailure.copyOf(e);
                    life.problems()
                            .report(Problem.of(
                                    Problem.Kind.PLUGIN_THREW,
                                    life.plugin(),
                                    "threw " + thrown + " when it was stopped",
                                    "Report this to the vendor of the plugin",
                                    thrown));
                }
            }
        }
    }
}
