package io.dmaheap.core.plugin;

import io.dmaheap.Problem;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.RestrictedHeapOps;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** Runs providers as the registry would, and lets a test say which plugins have a living buffer. */
final class FakeHost implements ProviderHost {
    /** What was asked of the host, such as {@code start vendor.a}, in order. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** The thread of the last stop. */
    volatile Thread stoppedOn;

    /** The plugins that were said to be pinned. */
    final List<String> pinned = new CopyOnWriteArrayList<>();

    /** The version of each plugin that started last. */
    private final Map<String, Plugin> running = new ConcurrentHashMap<>();

    private final List<Plugin> inUse = new CopyOnWriteArrayList<>();

    @Override
    public Running start(String id, Supplier<List<HeapProvider>> providers, ClassLoader loader, boolean isPinned) {
        calls.add("start " + id);
        if (isPinned) {
            pinned.add(id);
        }
        Thread.currentThread().setContextClassLoader(loader);
        var plugin = new Plugin(id, List.copyOf(providers.get()));
        plugin.providers.forEach(provider -> provider.start(plugin));
        running.put(id, plugin);
        return plugin;
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(10);
    }

    /** Gives the plugin a living buffer. */
    void allocate(String id) {
        Plugin plugin = running.get(id);
        inUse.add(plugin);
        synchronized (plugin) {
            plugin.buffers++;
        }
    }

    /** Closes the oldest buffer of the plugin, whichever version has it, on this thread. */
    void free(String id) {
        Plugin plugin =
                inUse.stream().filter(one -> one.id.equals(id)).findFirst().orElseThrow();
        inUse.remove(plugin);
        plugin.free();
    }

    HeapOps heap(String plugin, String heap) {
        return running.get(plugin).heaps.get(heap);
    }

    HeapProvider provider(String plugin) {
        return running.get(plugin).providers.getFirst();
    }

    final class Plugin implements Running, HeapContext {
        private final String id;
        private final List<HeapProvider> providers;
        private final Map<String, HeapOps> heaps = new ConcurrentHashMap<>();
        private int buffers;
        private Runnable whenEmpty;

        private Plugin(String id, List<HeapProvider> providers) {
            this.id = id;
            this.providers = providers;
        }

        @Override
        public List<String> heaps() {
            return heaps.keySet().stream().sorted().toList();
        }

        @Override
        public void drain(Runnable whenEmpty) {
            calls.add("drain " + id);
            synchronized (this) {
                this.whenEmpty = whenEmpty;
            }
            tellIfEmpty();
        }

        private void free() {
            synchronized (this) {
                buffers--;
            }
            tellIfEmpty();
        }

        private void tellIfEmpty() {
            Runnable tell;
            synchronized (this) {
                if (buffers > 0 || whenEmpty == null) {
                    return;
                }
                tell = whenEmpty;
                whenEmpty = null;
            }
            tell.run();
        }

        @Override
        public void stop() {
            calls.add("stop " + id);
            stoppedOn = Thread.currentThread();
            running.remove(id, this);
            providers.forEach(HeapProvider::stop);
        }

        @Override
        public void register(HeapSpec spec, HeapOps ops) {
            heaps.put(spec.name(), ops);
        }

        @Override
        public Platform platform() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <M extends Memory> void registerRestricted(HeapSpec spec, RestrictedHeapOps<M> ops) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void report(Problem problem) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void quarantine(String heap, long bytes, Throwable refused) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ExecutorService executor() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Cleaner cleaner() {
            throw new UnsupportedOperationException();
        }

        @Override
        public System.Logger logger() {
            return System.getLogger(id);
        }

        @Override
        public Map<String, String> configuration() {
            return Map.of();
        }
    }
}
