package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.DOWNGRADED;
import static io.dmaheap.Problem.Kind.DUPLICATE_PLUGIN;
import static io.dmaheap.Problem.Kind.MISSING_DEPENDENCY;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;

import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.call.Overlap;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.core.policy.PluginRules;
import io.dmaheap.watch.Fingerprint;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.pf4j.PluginStateEvent;

/**
 * Compares the directory with what is loaded, and moves every plugin towards it.
 *
 * <p>Confined to the thread that owns the plugins, except {@link #infos()}.
 */
final class PluginLifecycle {
    /** Failures that another plugin caused: tried again whenever the set of plugins changes. */
    private static final Set<Problem.Kind> CURABLE = Set.of(MISSING_DEPENDENCY, DUPLICATE_PLUGIN);

    private final List<InstalledPlugin> plugins = new CopyOnWriteArrayList<>();
    /** Those of {@link #plugins} that have a working copy, by its path. */
    private final Map<Path, InstalledPlugin> byCopy = new HashMap<>();

    private final JarReader reader;
    private final LayeredPluginManager manager = new LayeredPluginManager(this::byCopy);
    private final Admission admission;
    private final ProviderHost host;
    private final PluginListener listener;
    private final OwnerThread owner;
    private boolean closed;

    PluginLifecycle(
            ProviderHost host,
            PluginRules rules,
            Set<String> ofApplication,
            PluginListener listener,
            OwnerThread owner,
            JarReader reader) {
        this.host = host;
        this.listener = listener;
        this.owner = owner;
        this.reader = reader;
        this.admission = new Admission(manager, rules, ofApplication);
        manager.addPluginStateListener(this::changed);
    }

    /** Every plugin that is in the directory or still loaded, by file. */
    List<PluginInfo> infos() {
        return plugins.stream().map(InstalledPlugin::info).toList();
    }

    /**
     * Loads the jars that are new, replaces what is loaded from jars that have changed, and drains what is loaded from jars that are gone. A
     * plugin whose jar was replaced runs until the new version has started.
     */
    void reconcile(DirectoryListing listing) {
        if (closed) {
            throw new IllegalStateException("the plugin directory is closed");
        }
        recogniseUnchanged(listing);
        plugins.stream().filter(plugin -> !plugin.isIn(listing)).forEach(InstalledPlugin::setOutdated);
        plugins.stream()
                .filter(plugin -> plugin.isListed() && plugin.mayPass())
                .filter(plugin -> !listing.moving().contains(plugin.file()))
                .forEach(this::readAgain);
        listing.jars().forEach((file, fingerprint) -> {
            if (plugins.stream()
                    .noneMatch(plugin -> plugin.isListed() && plugin.file().equals(file))) {
                arrive(file, fingerprint);
            }
        });
        leave(plugins.stream()
                .filter(plugin -> !plugin.isGone() && !plugin.isListed() && !hasSuccessor(plugin))
                .toList());
        leave(clashing());
        unloadEmpty();
        startAll();
        unloadEmpty();
    }

    /** Whether a jar is there that may take the place of a plugin that runs: of its id, or an unreadable one in its file. */
    private boolean hasSuccessor(InstalledPlugin plugin) {
        return plugin.isServing()
                && plugins.stream()
                        .filter(InstalledPlugin::isListed)
                        .anyMatch(other -> other.jar() == null
                                ? other.file().equals(plugin.file())
                                : other.soundJar().id().equals(plugin.soundJar().id()));
    }

    /** Those that run, and must not beside a jar that has arrived. */
    private List<InstalledPlugin> clashing() {
        return plugins.stream()
                .filter(plugin -> plugin.isServing() && plugin.isListed())
                .filter(plugin -> {
                    try {
                        admission.requireNoClash(plugin, plugins);
                        return false;
                    } catch (PluginRejected e) {
                        return true;
                    }
                })
                .toList();
    }

    /** Whether a plugin failed that may work later though its jar does not change. */
    boolean isUnfinished() {
        return plugins.stream().anyMatch(InstalledPlugin::mayPass);
    }

    private void recogniseUnchanged(DirectoryListing listing) {
        for (InstalledPlugin plugin : plugins) {
            Fingerprint now = listing.jars().get(plugin.file());
            if (now != null && plugin.isListed() && plugin.isLoaded() && reader.isUnchanged(plugin, now)) {
                plugin.recognise(now);
            }
        }
    }

    /** Reads the file of a plugin that is not loaded once more; that it fails as before is not told. */
    private void readAgain(InstalledPlugin plugin) {
        Fingerprint.of(plugin.file())
                .flatMap(fingerprint -> reader.read(plugin.file(), fingerprint))
                .ifPresent(again -> {
                    Problem problem = again.problem();
                    if (problem == null || !isSame(problem, plugin.problem())) {
                        discard(plugin);
                        add(again);
                        tell(again);
                    }
                });
    }

    /** Drains everything. What has living buffers is unloaded when the last of them is gone. */
    void close() {
        closed = true;
        Closing.all(
                () -> leave(plugins.stream().filter(plugin -> !plugin.isGone()).toList()), this::unloadEmpty);
    }

    private void arrive(Path file, Fingerprint listed) {
        reader.read(file, listed).ifPresent(plugin -> {
            add(plugin);
            tell(plugin);
        });
    }

    private void add(InstalledPlugin plugin) {
        plugins.add(plugin);
        if (plugin.jar() != null) {
            byCopy.put(plugin.soundJar().copy(), plugin);
        }
    }

    private void arriveAnew(Path file) {
        Fingerprint.of(file).ifPresent(fingerprint -> arrive(file, fingerprint));
    }

    private void tell(InstalledPlugin plugin) {
        listener.changed(plugin.info());
        tellProblem(plugin, plugin.problem());
    }

    private void tellProblem(InstalledPlugin plugin, @Nullable Problem now) {
        Problem before = plugin.tell(now);
        if (before != null && !isSame(before, now)) {
            listener.ended(before);
        }
        if (now != null && !isSame(now, before)) {
            listener.problem(now);
        }
    }

    /** Exceptions are new each time, so they do not count. */
    private static boolean isSame(Problem one, @Nullable Problem other) {
        return other != null && one.kind() == other.kind() && one.message().equals(other.message());
    }

    private void startAll() {
        plugins.stream()
                .filter(plugin -> plugin.isListed() && !plugin.isLoaded() && mayStart(plugin) && reader.hasLost(plugin))
                .forEach(this::readAgain);
        boolean again;
        do {
            again = startWaiting();
        } while (again);
    }

    /** Starts what can be; whether there is more to do, since a plugin was replaced that others depend on. */
    private boolean startWaiting() {
        // Pinned ones first, so that no other can take memory of a region before they have offered heaps of it.
        List<PluginJar> waiting = plugins.stream()
                .filter(plugin -> plugin.isListed() && !plugin.isLoaded() && mayStart(plugin))
                .map(InstalledPlugin::soundJar)
                .sorted(Comparator.comparing(jar -> !admission.isPinned(jar)))
                .toList();
        DependencyOrder order = DependencyOrder.of(waiting);
        order.cycles().forEach((jar, cycle) -> {
            var problem = Problem.of(
                    MISSING_DEPENDENCY,
                    jar.id(),
                    "it depends on itself: " + cycle,
                    "Move what both need into a third plugin",
                    null);
            fail(byCopy(jar.copy()), problem);
        });
        return startInOrder(new ArrayList<>(order.sorted()));
    }

    /**
     * Each after those that it depends on. One that takes long holds up those only that depend on it. Whether one was replaced that
     * others depend on.
     */
    private boolean startInOrder(List<PluginJar> waiting) {
        var starts = new Overlap<InstalledPlugin>(host.limit());
        boolean replaced = false;
        while (!waiting.isEmpty() || !starts.isEmpty()) {
            PluginJar next = starts.hasEnded() ? null : nextToStart(waiting, starts.underWay());
            if (next == null) {
                InstalledPlugin plugin = starts.take();
                // Otherwise it is one that was replaced, and has been drained.
                if (plugin.state() != State.DRAINING && started(plugin)) {
                    replaced |= replaceElder(plugin, starts);
                }
            } else {
                waiting.remove(next);
                InstalledPlugin plugin = byCopy(next.copy());
                if (prepare(plugin)) {
                    if (host.starts()) {
                        starts.begin(plugin, plugin.loaded()::startProviders);
                    } else {
                        manager.settle(next);
                        replaced |= replaceElder(plugin, starts);
                    }
                }
            }
        }
        return replaced;
    }

    private @Nullable PluginJar nextToStart(List<PluginJar> waiting, Set<InstalledPlugin> underWay) {
        return waiting.stream()
                .filter(jar -> waiting.stream().noneMatch(other -> jar.dependsOn(other.id())))
                .filter(jar -> underWay.isEmpty() || !needsOneOf(jar, underWay))
                .findFirst()
                .orElse(underWay.isEmpty() ? waiting.getFirst() : null);
    }

    /** Whether a plugin depends on one of these, directly or through others that run. */
    private boolean needsOneOf(PluginJar jar, Set<InstalledPlugin> underWay) {
        var seen = new HashSet<String>();
        var open = new ArrayDeque<>(List.of(jar));
        while (!open.isEmpty()) {
            for (PluginDependency dependency : open.remove().dependencies()) {
                String id = dependency.getPluginId();
                if (underWay.stream().anyMatch(other -> other.soundJar().id().equals(id))) {
                    return true;
                }
                if (seen.add(id)) {
                    serving(id).map(InstalledPlugin::soundJar).forEach(open::add);
                }
            }
        }
        return false;
    }

    private Stream<InstalledPlugin> serving(String id) {
        return plugins.stream()
                .filter(plugin -> plugin.isServing() && plugin.soundJar().id().equals(id));
    }

    private static boolean mayStart(InstalledPlugin plugin) {
        Problem problem = plugin.problem();
        return plugin.jar() != null && (problem == null || CURABLE.contains(problem.kind()));
    }

    /** As far as RESOLVED, without any code of the plugin, and beside an older version that runs; whether it got there. */
    private boolean prepare(InstalledPlugin plugin) {
        PluginJar jar = plugin.soundJar();
        try {
            Optional<List<LoadedPlugin>> dependencies = admission.admit(plugin, plugins);
            if (dependencies.isEmpty()) {
                became(plugin, State.DISCOVERED);
                return false;
            }
            plugin.load(LoadedPlugin.define(
                    jar, dependencies.get(), admission.isPinned(jar), admission.parent(), host, listener));
            if (jar.needsNativeAccess()) {
                plugin.loaded().enableNativeAccess();
            }
            manager.add(jar);
            return true;
        } catch (RuntimeException | Error e) {
            fail(plugin, reader.hasLost(plugin) ? reader.lost(jar.id(), e).problem() : problem(jar, e));
            return false;
        }
    }

    /** Its providers have started, or not. */
    private boolean started(InstalledPlugin plugin) {
        PluginJar jar = plugin.soundJar();
        try {
            manager.start(jar);
            return true;
        } catch (RuntimeException | Error e) {
            fail(plugin, problem(jar, e));
            return false;
        }
    }

    /** A version has taken over from the one before, if that serves; whether others depend on that one. */
    private boolean replaceElder(InstalledPlugin plugin, Overlap<InstalledPlugin> steps) {
        return serving(plugin.soundJar().id())
                .filter(other -> other != plugin)
                .findFirst()
                .map(elder -> replace(elder, plugin, steps))
                .orElse(false);
    }

    /** What depends on the older version is read anew, to be started with the newer one; until then it runs. */
    private boolean replace(InstalledPlugin elder, InstalledPlugin plugin, Overlap<InstalledPlugin> steps) {
        if (manager.isOlder(plugin.soundJar(), elder.soundJar())) {
            Problem problem = downgraded(elder.soundJar(), plugin.soundJar());
            plugin.setDowngraded(problem);
            listener.problem(problem);
        }
        List<InstalledPlugin> dependents = dependents(elder).stream()
                .filter(dependent -> dependent.isServing() && dependent.isListed())
                .toList();
        dependents.forEach(dependent -> {
            dependent.setOutdated();
            arriveAnew(dependent.file());
        });
        elder.setGone();
        retire(elder);
        steps.begin(elder, () -> drain(elder));
        return !dependents.isEmpty();
    }

    private static Problem downgraded(PluginJar before, PluginJar now) {
        return Problem.of(
                DOWNGRADED,
                now.id(),
                now.descriptor().getVersion() + " has replaced the newer "
                        + before.descriptor().getVersion(),
                "If that was not meant, install " + before.descriptor().getVersion() + " again",
                null);
    }

    private static Problem problem(PluginJar jar, Throwable e) {
        if (e instanceof PluginRejected rejected) {
            return rejected.problem();
        }
        ForeignFailure thrown = ForeignFailure.copyOf(e);
        return Problem.of(
                PLUGIN_THREW, jar.id(), "it threw " + thrown, "Report this to the vendor of the plugin", thrown);
    }

    private void fail(InstalledPlugin plugin, Problem problem) {
        Problem before = plugin.problem();
        if (plugin.isLoaded()) {
            manager.remove(plugin.soundJar());
            plugin.loaded().close();
        }
        plugin.unload(State.FAILED, problem);
        if (!isSame(problem, before)) {
            tell(plugin);
        }
    }

    /** Drains these, and what depends on them. What lies in the directory all the same is read anew. */
    private void leave(List<InstalledPlugin> leaving) {
        var draining = new LinkedHashSet<InstalledPlugin>();
        for (InstalledPlugin plugin : leaving) {
            if (plugin.isLoaded()) {
                beginDraining(plugin, draining);
            } else {
                plugin.setGone();
                discard(plugin);
            }
        }
        List<Path> staying = draining.stream()
                .filter(plugin -> plugin.isListed() && !closed)
                .map(InstalledPlugin::file)
                .toList();
        draining.forEach(InstalledPlugin::setGone);
        Overlap.forEach(draining, host.limit(), this::drain);
        staying.forEach(this::arriveAnew);
    }

    /** Those that depend on it go first: their code may call into it until they are stopped. */
    private void beginDraining(InstalledPlugin plugin, Set<InstalledPlugin> draining) {
        if (plugin.state() == State.DRAINING) {
            return;
        }
        dependents(plugin).forEach(dependent -> beginDraining(dependent, draining));
        retire(plugin);
        draining.add(plugin);
    }

    private void retire(InstalledPlugin plugin) {
        became(plugin, State.DRAINING);
        plugin.takeDowngraded().ifPresent(listener::ended);
        manager.retire(plugin.soundJar());
    }

    /** On the thread of a step: heaps that nothing refers to are closed here, by the plugin's code. */
    private void drain(InstalledPlugin plugin) {
        plugin.loaded().drain(() -> {
            plugin.becameEmpty();
            // Not here: this may be a thread that is inside the plugin's own code, closing its last buffer.
            owner.execute(this::unloadEmpty);
        });
    }

    private void unloadEmpty() {
        List<InstalledPlugin> ready;
        do {
            ready = plugins.stream()
                    .filter(plugin -> plugin.state() == State.DRAINING && plugin.isEmpty())
                    .filter(plugin -> dependents(plugin).isEmpty())
                    .toList();
            Overlap.forEach(ready, host.limit(), plugin -> plugin.loaded().stopProviders());
            ready.forEach(this::unload);
        } while (!ready.isEmpty());
    }

    private void unload(InstalledPlugin plugin) {
        manager.remove(plugin.soundJar());
        plugin.loaded().close();
        plugin.unload(State.UNLOADED, null);
        listener.changed(plugin.info());
        discard(plugin);
    }

    private void discard(InstalledPlugin plugin) {
        plugins.remove(plugin);
        if (plugin.jar() != null) {
            byCopy.remove(plugin.soundJar().copy());
        }
        reader.discard(plugin);
        tellProblem(plugin, null);
    }

    private List<InstalledPlugin> dependents(InstalledPlugin plugin) {
        return plugins.stream()
                .filter(other -> other.isLoaded() && other.loaded().dependsOn(plugin.loaded()))
                .toList();
    }

    private InstalledPlugin byCopy(Path copy) {
        return Objects.requireNonNull(byCopy.get(copy), "no plugin has this working copy");
    }

    private void became(InstalledPlugin plugin, State state) {
        if (plugin.state() != state) {
            plugin.became(state);
            tell(plugin);
        }
    }

    /** PF4J moved a plugin on. Its UNLOADED comes before the jar is closed, so that one is ours to tell. */
    private void changed(PluginStateEvent event) {
        InstalledPlugin plugin = byCopy(event.getPlugin().getPluginPath());
        switch (event.getPluginState()) {
            case RESOLVED -> became(plugin, State.RESOLVED);
            case STARTED -> became(plugin, State.STARTED);
            case STOPPED -> became(plugin, State.STOPPED);
            default -> {}
        }
    }
}
