package io.dmaheap.core.provider;

import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.registry.RequestCheck;
import io.dmaheap.core.restricted.RestrictedFrame;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.RestrictedHeapOps;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;

/** What one plugin is given. */
final class PluginContext implements HeapContext {

    private final String id;
    private final LifeCalls life;
    private final PluginThreads threads;
    private final Surroundings surroundings;
    private final Platform platform;
    private final Probes probes;
    /** Guarded by this. */
    private final List<LiveHeap> heaps = new ArrayList<>();
    /** Guarded by this. */
    private boolean started;
    /** Guarded by this. */
    private boolean withdrawn;

    PluginContext(LifeCalls life, PluginThreads threads, Surroundings surroundings) {
        this.id = life.plugin();
        this.life = life;
        this.threads = threads;
        this.surroundings = surroundings;
        this.platform = new ObservedPlatform(surroundings.platform(), id);
        this.probes = new Probes(life, threads);
    }

    @Override
    public Platform platform() {
        return platform;
    }

    @Override
    public synchronized void register(HeapSpec spec, HeapOps ops) {
        Objects.requireNonNull(spec, "the plugin registers a heap without a spec");
        HeapNames.check(spec.name(), id);
        requireOps(spec, ops);
        if (withdrawn) {
            throw new IllegalStateException("the plugin " + id + " is going away and can register no heap");
        }
        var policy = surroundings.policy();
        var check = new RequestCheck(
                spec.name(),
                spec.traits(),
                policy.of(spec.name()),
                surroundings.bound(),
                surroundings.platform().pageSize());
        var heap = new LiveHeap(
                spec,
                life,
                new PluginOps(ops, threads.loader()),
                check,
                surroundings.registry().aliases());
        surroundings.platformUse().retain();
        try {
            surroundings.registry().reserve(heap);
        } catch (RuntimeException | Error e) {
            surroundings.platformUse().release();
            if (e instanceof HeapException taken) {
                surroundings.problems().report(duplicate(spec.name(), taken));
            }
            throw e;
        }
        heaps.add(heap);
        if (started) {
            surroundings.registry().publish(heap);
        }
    }

    /** The plugin has started: what it registered can be found, and what it registers later at once. */
    void publish() {
        synchronized (this) {
            started = true;
            heaps.forEach(surroundings.registry()::publish);
        }
        probes.started();
    }

    @Override
    public void probe(Runnable look) {
        probes.add(look, platform);
    }

    @Override
    public <M extends Memory> void registerRestricted(HeapSpec spec, RestrictedHeapOps<M> ops) {
        requireOps(spec, ops);
        register(spec, new RestrictedFrame<>(spec.name(), ops, surroundings.quarantine(), life));
    }

    /** Reported here too, since a plugin may catch the exception and go on without the heap. */
    private Problem duplicate(String name, HeapException taken) {
        return Problem.of(
                Problem.Kind.DUPLICATE_HEAP,
                id,
                "cannot offer the heap " + name + ": another plugin does",
                taken.hint().orElse(""),
                taken);
    }

    private static void requireOps(HeapSpec spec, Object ops) {
        Objects.requireNonNull(ops, () -> "the plugin registers the heap " + spec.name() + " without operations");
    }

    synchronized boolean isWithdrawn() {
        return withdrawn;
    }

    synchronized List<String> heapNames() {
        return heaps.stream().map(LiveHeap::name).toList();
    }

    /** Hands over the heaps for draining; nothing can be registered any more, and nothing more is looked for. */
    List<LiveHeap> withdraw() {
        probes.end();
        synchronized (this) {
            withdrawn = true;
            var all = List.copyOf(heaps);
            heaps.clear();
            return all;
        }
    }

    /** Waits until the plugin has looked for the last time. To be called after {@link #withdraw}. */
    void awaitLastLook() {
        probes.awaitEnd();
    }

    @Override
    public void report(Problem problem) {
        surroundings.problems().report(problem);
    }

    @Override
    public void quarantine(String heap, long bytes, Throwable refused) {
        surroundings.quarantine().count(heap, bytes, refused);
    }

    @Override
    public ExecutorService executor() {
        return threads.executor();
    }

    @Override
    public Cleaner cleaner() {
        return threads.cleaner();
    }

    @Override
    public System.Logger logger() {
        return System.getLogger("io.dmaheap.plugin." + id);
    }

    @Override
    public Map<String, String> configuration() {
        return surroundings.policy().ofPlugin(id);
    }
}
