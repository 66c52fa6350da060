package io.dmaheap.core.provider;

import io.dmaheap.Problem;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.registry.Precedence;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;

/** What one plugin is given. */
final class PluginContext implements HeapContext {

    private final String id;
    private final LifeCalls life;
    private final RegionOwners.User user;
    private final PluginThreads threads;
    private final Surroundings surroundings;
    private final RegionOwners regions;
    private final Platform platform;
    private final Probes probes;
    /** Guarded by this. */
    private final List<LiveHeap> heaps = new ArrayList<>();
    /** The names of all heaps that were ever registered; guarded by this. */
    private final Set<String> names = new HashSet<>();
    /** Guarded by this. */
    private boolean started;
    /** Guarded by this. */
    private boolean withdrawn;

    /**
     * A context.
     *
     * @param pinned whether the plugin goes before others that are not
     * @param regions who has which region of the platform
     */
    PluginContext(
            LifeCalls life, boolean pinned, PluginThreads threads, Surroundings surroundings, RegionOwners regions) {
        this.id = life.plugin();
        this.life = life;
        this.user = new RegionOwners.User(id, surroundings.registry().nextVersion(), pinned);
        this.regions = regions;
        this.threads = threads;
        this.surroundings = surroundings;
        var releases = new ReleaseWatch(id, this::heapNames, surroundings.problems());
        this.platform = new ObservedPlatform(surroundings.platform(), user, regions, releases);
        this.probes = new Probes(life, threads);
    }

    @Override
    public Platform platform() {
        return platform;
    }

    @Override
    public void register(HeapSpec spec, HeapOps ops) {
        requireComplete(spec, ops);
        if (spec.traits().protection().isPresent()
                && !(ops instanceof ObservedKernelHeap kernel && isForProtection(kernel, spec))) {
            throw new IllegalArgumentException("the heap " + spec.name() + " of the plugin " + id
                    + " cannot be called protected: that takes registerRestricted, or a kernel heap of the platform whose name says"
                    + " so or which the policy names to the plugin");
        }
        register(spec, ops, false);
    }

    private boolean isForProtection(ObservedKernelHeap kernel, HeapSpec spec) {
        return spec.traits().equals(surroundings.policy().kernelHeaps().get(kernel.name()))
                || kernel.isForProtection(configuration().values());
    }

    private void register(HeapSpec spec, HeapOps ops, boolean exclusive) {
        HeapNames.check(spec.name(), id);
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
                surroundings.registry().aliases(),
                exclusive);
        if (reserve(heap)) {
            surroundings.registry().publish(List.of(heap));
        }
    }

    /** Keeps the name; whether the heap can be found at once. */
    private synchronized boolean reserve(LiveHeap heap) {
        if (withdrawn) {
            throw new IllegalStateException("the plugin " + id + " is going away and can register no heap");
        }
        surroundings.platformUse().retain();
        try {
            surroundings.registry().reserve(heap, user.version(), precedence());
        } catch (RuntimeException | Error e) {
            surroundings.platformUse().release();
            throw e;
        }
        regions.offers(user, heap.regions());
        heaps.add(heap);
        names.add(heap.name());
        return started;
    }

    private Precedence precedence() {
        if (!user.pinned()) {
            return Precedence.NONE;
        }
        return id.equals(PolicyHeaps.ID) ? Precedence.STATED : Precedence.PINNED;
    }

    /** The plugin has started: what it registered can be found, and what it registers later at once. */
    void publish() {
        List<LiveHeap> registered;
        synchronized (this) {
            started = true;
            registered = List.copyOf(heaps);
        }
        // Not within the lock, since this may be the end of heaps of an older version.
        surroundings.registry().publish(registered);
        probes.started();
    }

    @Override
    public void probe(Runnable look) {
        probes.add(look, platform);
    }

    @Override
    public <M extends Memory> void registerRestricted(HeapSpec spec, RestrictedHeapOps<M> ops) {
        requireComplete(spec, ops);
        // A heap that promises no protection never satisfies a caller that asks for it.
        Predicate<Memory> keepsPromise = spec.traits().protection().isPresent() ? this::isClosed : memory -> true;
        register(spec, new RestrictedFrame<>(spec.name(), ops, surroundings.quarantine(), life, keepsPromise), true);
    }

    /** Whether the platform itself keeps the CPU and other devices from the memory, where it has a firewall that can tell. */
    private boolean isClosed(Memory memory) {
        if (surroundings.platform().firewall().isEmpty()) {
            return true;
        }
        Memory backing = memory.backing();
        return regions.isOfRegion(backing) && backing.accessList().isPresent();
    }

    private static void requireComplete(HeapSpec spec, Object ops) {
        Objects.requireNonNull(spec, "the plugin registers a heap without a spec");
        Objects.requireNonNull(ops, () -> "the plugin registers the heap " + spec.name() + " without operations");
    }

    synchronized boolean isWithdrawn() {
        return withdrawn;
    }

    synchronized List<String> heapNames() {
        return heaps.stream().map(LiveHeap::name).toList();
    }

    /** It begins to start, and may take memory of regions. */
    void starts() {
        regions.started(user);
    }

    /** It has stopped, and takes no more. */
    void stopped() {
        regions.stopped(user);
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

    /** What a report of the plugin is about. */
    private record Reported(Problem.Kind kind, String subject) {}

    @Override
    public void report(Problem problem) {
        life.standing().report(new Reported(problem.kind(), problem.subject()), problem);
    }

    @Override
    public void withdrawReport(Problem.Kind kind, String subject) {
        life.standing().end(new Reported(kind, subject));
    }

    @Override
    public void quarantine(String heap, long bytes, Throwable refused) {
        boolean own;
        synchronized (this) {
            own = names.contains(heap);
        }
        if (!own || bytes < 0) {
            throw new IllegalArgumentException("the plugin " + id + " cannot withhold " + bytes + " bytes of the heap "
                    + heap + (own ? "" : ", which is not its own"));
        }
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
