package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.DUPLICATE_PLUGIN;
import static io.dmaheap.Problem.Kind.MISSING_DEPENDENCY;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;

import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.call.Overlap;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.watch.Fingerprint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
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
    private final JarReader reader;
    private final LayeredPluginManager manager = new LayeredPluginManager(this::byCopy);
    private final Admission admission;
    private final ProviderHost host;
    private final PluginListener listener;
    private final OwnerThread owner;
    private boolean closed;

    PluginLifecycle(
            ProviderHost host,
            Predicate<String> nativeAccess,
            PluginListener listener,
            OwnerThread owner,
            Path temporary) {
        this.host = host;
        this.listener = listener;
        this.owner = owner;
        this.reader = new JarReader(temporary);
        this.admission = new Admission(manager, nativeAccess);
        manager.addPluginStateListener(this::changed);
    }

    /** Every plugin that is in the directory or still loaded, by file. */
    List<PluginInfo> infos() {
        return plugins.stream().map(InstalledPlugin::info).toList();
    }

    /** Loads the jars that are new, and drains what is loaded from jars that are gone or have changed. */
    void reconcile(DirectoryListing listing) {
        if (closed) {
            throw new IllegalStateException("the plugin directory is closed");
        }
        recogniseUnchanged(listing);
        leave(plugins.stream()
                .filter(plugin -> !plugin.isGone() && !plugin.isIn(listing))
                .toList());
        unloadEmpty();
        plugins.stream()
                .filter(plugin -> !plugin.isGone() && plugin.mayPass())
                .filter(plugin -> !listing.moving().contains(plugin.file()))
                .forEach(this::readAgain);
        listing.jars().forEach((file, fingerprint) -> {
            if (plugins.stream()
                    .noneMatch(plugin -> !plugin.isGone() && plugin.file().equals(file))) {
                arrive(file, fingerprint);
            }
        });
        startAll();
    }

    /** Whether a plugin failed that may work later though its jar does not change. */
    boolean isUnfinished() {
        return plugins.stream().anyMatch(InstalledPlugin::mayPass);
    }

    private void recogniseUnchanged(DirectoryListing listing) {
        for (InstalledPlugin plugin : plugins) {
            Fingerprint now = listing.jars().get(plugin.file());
            if (now != null && !plugin.isGone() && plugin.isLoaded() && reader.isUnchanged(plugin, now)) {
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
                        plugins.add(again);
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
            plugins.add(plugin);
            tell(plugin);
        });
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
                .filter(plugin -> !plugin.isGone() && !plugin.isLoaded() && mayStart(plugin) && reader.hasLost(plugin))
                .forEach(this::readAgain);
        List<PluginJar> waiting = plugins.stream()
                .filter(plugin -> !plugin.isGone() && !plugin.isLoaded() && mayStart(plugin))
                .map(InstalledPlugin::soundJar)
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
        startInOrder(new ArrayList<>(order.sorted()));
    }

    /** Each after those that it depends on. One that takes long holds up those only that depend on it. */
    private void startInOrder(List<PluginJar> waiting) {
        var starts = new Overlap<InstalledPlugin>(host.limit());
        while (!waiting.isEmpty() || !starts.isEmpty()) {
            PluginJar next = starts.hasEnded() ? null : nextToStart(waiting, starts.underWay());
            if (next == null) {
                started(starts.take());
            } else {
                waiting.remove(next);
                InstalledPlugin plugin = byCopy(next.copy());
                if (prepare(plugin) && host.starts()) {
                    starts.begin(plugin, plugin.loaded()::startProviders);
                }
            }
        }
    }

    private static @Nullable PluginJar nextToStart(List<PluginJar> waiting, Set<InstalledPlugin> underWay) {
        return waiting.stream()
                .filter(jar -> waiting.stream().noneMatch(other -> jar.dependsOn(other.id())))
                .filter(jar -> underWay.stream()
                        .noneMatch(other -> jar.dependsOn(other.soundJar().id())))
                .findFirst()
                .orElse(underWay.isEmpty() ? waiting.getFirst() : null);
    }

    private static boolean mayStart(InstalledPlugin plugin) {
        Problem problem = plugin.problem();
        return plugin.jar() != null && (problem == null || CURABLE.contains(problem.kind()));
    }

    /** As far as RESOLVED, without any code of the plugin; whether it got there. */
    private boolean prepare(InstalledPlugin plugin) {
        PluginJar jar = plugin.soundJar();
        try {
            Optional<List<LoadedPlugin>> dependencies = admission.admit(jar, plugins);
            if (dependencies.isEmpty()) {
                became(plugin, State.DISCOVERED);
                return false;
            }
            plugin.load(LoadedPlugin.define(jar, dependencies.get(), admission.parent(), host, listener));
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
    private void started(InstalledPlugin plugin) {
        PluginJar jar = plugin.soundJar();
        try {
            manager.start(jar);
        } catch (RuntimeException | Error e) {
            fail(plugin, problem(jar, e));
        }
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

    private void leave(List<InstalledPlugin> leaving) {
        var draining = new LinkedHashSet<InstalledPlugin>();
        for (InstalledPlugin plugin : leaving) {
            plugin.setGone();
            if (plugin.isLoaded()) {
                beginDraining(plugin, draining);
            } else {
                discard(plugin);
            }
        }
        Overlap.forEach(draining, host.limit(), this::drain);
    }

    /** Those that depend on it go first: their code may call into it until they are stopped. */
    private void beginDraining(InstalledPlugin plugin, Set<InstalledPlugin> draining) {
        if (plugin.state() == State.DRAINING) {
            return;
        }
        dependents(plugin).forEach(dependent -> beginDraining(dependent, draining));
        became(plugin, State.DRAINING);
        draining.add(plugin);
    }

    /** On the thread of a step: heaps that nothing refers to are closed here, by the plugin's code. */
    private void drain(InstalledPlugin plugin) {
        plugin.loaded().drain(() -> {
            plugin.becameEmpty();
            // Not here: this may be a thread that is inside the plugin's own code, closing its last buffer.
            owner.execute(this::emptied);
        });
    }

    private void emptied() {
        if (unloadEmpty() && !closed) {
            startAll();
        }
    }

    private boolean unloadEmpty() {
        boolean any = false;
        List<InstalledPlugin> ready;
        do {
            ready = plugins.stream()
                    .filter(plugin -> plugin.state() == State.DRAINING && plugin.isEmpty())
                    .filter(plugin -> dependents(plugin).isEmpty())
                    .toList();
            Overlap.forEach(ready, host.limit(), plugin -> plugin.loaded().stopProviders());
            ready.forEach(this::unload);
            any |= !ready.isEmpty();
        } while (!ready.isEmpty());
        return any;
    }

    private void unload(InstalledPlugin plugin) {
        manager.remove(plugin.soundJar());
        plugin.loaded().close();
        plugin.unload(State.UNLOADED, null);
        listener.changed(plugin.info());
        if (plugin.isGone()) {
            discard(plugin);
        } else {
            became(plugin, State.DISCOVERED);
        }
    }

    private void discard(InstalledPlugin plugin) {
        plugins.remove(plugin);
        reader.discard(plugin);
        tellProblem(plugin, null);
    }

    private List<InstalledPlugin> dependents(InstalledPlugin plugin) {
        return plugins.stream()
                .filter(other -> other.isLoaded() && other.loaded().dependsOn(plugin.loaded()))
                .toList();
    }

    private InstalledPlugin byCopy(Path copy) {
        return plugins.stream()
                .filter(plugin ->
                        plugin.jar() != null && plugin.soundJar().copy().equals(copy))
                .findFirst()
                .orElseThrow();
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
