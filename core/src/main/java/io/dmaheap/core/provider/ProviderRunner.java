package io.dmaheap.core.provider;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.plugin.ProviderHost;
import io.dmaheap.spi.HeapProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts and stops providers, whether they come from a jar or from the class path. */
public final class ProviderRunner implements ProviderHost {
    private final Surroundings surroundings;

    /** A runner of plugins in these surroundings. */
    public ProviderRunner(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Running start(String id, List<HeapProvider> providers, ClassLoader loader) {
        var threads = new PluginThreads(id, loader, surroundings.problems());
        var context = new PluginContext(id, threads, surroundings);
        var running = new RunningPlugin(id, context, threads);
        try {
            for (HeapProvider provider : providers) {
                threads.run(() -> provider.start(context));
                running.started.add(provider);
            }
            context.publish();
            return running;
        } catch (Throwable e) {
            running.drain(running::stop);
            throw e instanceof HeapException refused ? refused : threw(id, e);
        }
    }

    private static HeapException threw(String id, Throwable e) {
        return HeapException.of(ErrorCode.PLUGIN_FAILED, "the plugin " + id + " threw " + e + " when it was started")
                .operation("start")
                .hint("Report this to the vendor of the plugin")
                .cause(e)
                .build();
    }

    private final class RunningPlugin implements Running {
        private final String id;
        private final PluginContext context;
        private final PluginThreads threads;
        private final List<HeapProvider> started = Collections.synchronizedList(new ArrayList<>());

        RunningPlugin(String id, PluginContext context, PluginThreads threads) {
            this.id = id;
            this.context = context;
            this.threads = threads;
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
            heaps.forEach(heap -> surroundings.registry().drain(heap, () -> {
                surroundings.platformUse().release();
                oneLess.run();
            }));
            oneLess.run();
        }

        @Override
        public void stop() {
            context.awaitLastLook();
            for (HeapProvider provider : started.reversed()) {
                try {
                    threads.run(provider::stop);
                } catch (Throwable e) {
                    surroundings
                            .problems()
                            .report(Problem.of(
                                    Problem.Kind.PLUGIN_THREW,
                                    id,
                                    "threw " + e + " when it was stopped",
                                    "Report this to the vendor of the plugin",
                                    e));
                }
            }
            threads.end();
        }
    }
}
