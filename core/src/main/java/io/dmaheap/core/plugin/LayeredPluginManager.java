package io.dmaheap.core.plugin;

import io.dmaheap.Problem;
import io.dmaheap.spi.Framework;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.ExtensionWrapper;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginState;
import org.pf4j.PluginStateEvent;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.RuntimeMode;
import org.pf4j.VersionManager;

/**
 * PF4J, reduced to what it is wanted for: ranges of versions, the graph of dependencies and the states of each plugin. Where jars
 * are, what is in them, which loader they get and what runs is decided here; its extensions, zip files, status files, system
 * properties and directory scan are switched off.
 *
 * <p>One plugin at a time, in an order that the caller has sorted, and never together with its dependents: what PF4J does by
 * itself for several plugins stops at the first that throws. PF4J knows one version of each plugin; one that makes room for another is
 * kept here until it is stopped.
 */
final class LayeredPluginManager extends AbstractPluginManager {
    private final Function<Path, InstalledPlugin> installed;
    /** Plugins that run and have made room for another version, by working copy. */
    private final Map<Path, PluginWrapper> aside = new HashMap<>();
    /** What made room for a plugin that has not started yet, by working copy of that one. */
    private final Map<Path, List<PluginWrapper>> displaced = new HashMap<>();

    LayeredPluginManager(Function<Path, InstalledPlugin> installed) {
        super(Path.of(""));
        this.installed = installed;
        setSystemVersion(Framework.API_LEVEL);
    }

    /** What is wrong if the API level of this framework is not in the range of the plugin's {@code Plugin-Requires}. */
    Optional<Problem> apiProblem(PluginJar jar) {
        boolean supported = isPluginValid(
                createPluginWrapper(jar.descriptor(), jar.copy(), getClass().getClassLoader()));
        return supported
                ? Optional.empty()
                : Optional.of(Problem.of(
                        Problem.Kind.INCOMPATIBLE_API,
                        jar.id(),
                        "it requires heap-api " + jar.descriptor().getRequires() + ", and this is "
                                + Framework.API_LEVEL,
                        "Install a version of the plugin, or of dmaheap, that fits",
                        null));
    }

    /** Whether a version satisfies a range. */
    boolean satisfies(String version, String range) {
        return versionManager.checkVersionConstraint(version, range);
    }

    /** Whether the version of {@code jar} comes before that of {@code other}. */
    boolean isOlder(PluginJar jar, PluginJar other) {
        return versionManager.compareVersions(
                        jar.descriptor().getVersion(), other.descriptor().getVersion())
                < 0;
    }

    /**
     * Takes a plugin as far as RESOLVED. Another version of it that runs makes room, and so does what depends on that; {@link #settle} or
     * {@link #remove} ends this.
     */
    void add(PluginJar jar) {
        List<PluginWrapper> moved = versionAndDependents(jar.id());
        moved.forEach(this::setAside);
        displaced.put(jar.copy(), moved);
        loadPlugin(jar.copy());
    }

    /** Takes it as far as STARTED. Whatever it throws leaves; {@link #remove} then cleans up, and what made room has its place again. */
    void start(PluginJar jar) {
        startPlugin(jar.id());
        settle(jar);
    }

    /** It stays: what made room for it does not come back. */
    void settle(PluginJar jar) {
        displaced.remove(jar.copy());
    }

    /** The other version of a plugin, and what depends on it: PF4J would hold that against the new one. */
    private List<PluginWrapper> versionAndDependents(String id) {
        Set<String> ids = new HashSet<>(Set.of(id));
        List<PluginWrapper> found = new ArrayList<>();
        boolean more = plugins.containsKey(id);
        while (more) {
            List<PluginWrapper> next = plugins.values().stream()
                    .filter(wrapper -> !found.contains(wrapper))
                    .filter(wrapper -> wrapper.getPluginId().equals(id)
                            || wrapper.getDescriptor().getDependencies().stream()
                                    .anyMatch(dependency -> ids.contains(dependency.getPluginId())))
                    .toList();
            next.forEach(wrapper -> ids.add(wrapper.getPluginId()));
            found.addAll(next);
            more = !next.isEmpty();
        }
        return found;
    }

    /** Makes room for another version of a plugin that goes on running, or is about to drain. */
    void retire(PluginJar jar) {
        PluginWrapper present = getPlugin(jar.id());
        if (present != null && present.getPluginPath().equals(jar.copy())) {
            setAside(present);
        }
    }

    /** PF4J knows one version of each plugin. */
    private void setAside(PluginWrapper wrapper) {
        plugins.remove(wrapper.getPluginId());
        pluginClassLoaders.remove(wrapper.getPluginId());
        resolvedPlugins.remove(wrapper);
        startedPlugins.remove(wrapper);
        aside.put(wrapper.getPluginPath(), wrapper);
    }

    /** Unless it was stopped meanwhile, or another version has its place. */
    private void takeBack(PluginWrapper wrapper) {
        if (plugins.containsKey(wrapper.getPluginId()) || !aside.remove(wrapper.getPluginPath(), wrapper)) {
            return;
        }
        plugins.put(wrapper.getPluginId(), wrapper);
        pluginClassLoaders.put(wrapper.getPluginId(), wrapper.getPluginClassLoader());
        resolvedPlugins.add(wrapper);
        if (wrapper.getPluginState() == PluginState.STARTED) {
            startedPlugins.add(wrapper);
        }
    }

    /** Stops a plugin, if it runs, and closes its loader. What made room for it has its place again, unless that is settled. */
    void remove(PluginJar jar) {
        PluginWrapper retired = aside.remove(jar.copy());
        if (retired != null) {
            PluginState before = retired.getPluginState();
            retired.getPlugin().stop();
            retired.setPluginState(PluginState.STOPPED);
            firePluginStateEvent(new PluginStateEvent(this, retired, before));
            return;
        }
        PluginWrapper present = getPlugin(jar.id());
        if (present != null && present.getPluginPath().equals(jar.copy())) {
            unloadPlugin(jar.id(), false);
        }
        List<PluginWrapper> moved = displaced.remove(jar.copy());
        if (moved != null) {
            moved.forEach(this::takeBack);
        }
    }

    /** Marks a plugin without dependencies as RESOLVED as it is. For any other one PF4J sorts all plugins anew. */
    @Override
    protected void resolvePlugins() {
        if (unresolvedPlugins.stream()
                .anyMatch(wrapper -> !wrapper.getDescriptor().getDependencies().isEmpty())) {
            super.resolvePlugins();
            return;
        }
        List<PluginWrapper> free = List.copyOf(unresolvedPlugins);
        unresolvedPlugins.clear();
        for (PluginWrapper wrapper : free) {
            PluginState before = wrapper.getPluginState();
            wrapper.setPluginState(PluginState.RESOLVED);
            resolvedPlugins.add(wrapper);
            firePluginStateEvent(new PluginStateEvent(this, wrapper, before));
        }
    }

    /** None: each working copy is added once, so there is no need to compare its path with all others. */
    @Override
    protected @Nullable String idForPath(Path path) {
        return null;
    }

    @Override
    public RuntimeMode getRuntimeMode() {
        return RuntimeMode.DEPLOYMENT;
    }

    // The constructor of the superclass calls these, when no field of this class is set: hence lambdas that look later.

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new PluginDescriptorFinder() {
            @Override
            public boolean isApplicable(Path path) {
                return true;
            }

            @Override
            public PluginDescriptor find(Path path) {
                return installed.apply(path).soundJar().descriptor();
            }
        };
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new PluginLoader() {
            @Override
            public boolean isApplicable(Path path) {
                return true;
            }

            @Override
            public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
                return installed.apply(path).loaded().loader();
            }
        };
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return wrapper -> installed.apply(wrapper.getPluginPath()).loaded();
    }

    @Override
    protected VersionManager createVersionManager() {
        return new DefaultVersionManager();
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new PluginRepository() {
            @Override
            public List<Path> getPluginPaths() {
                return List.of();
            }

            @Override
            public boolean deletePluginPath(Path path) {
                return false;
            }
        };
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String id) {
                return false;
            }

            @Override
            public void disablePlugin(String id) {}

            @Override
            public void enablePlugin(String id) {}
        };
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new ExtensionFactory() {
            @Override
            public <T> T create(Class<T> type) {
                throw new UnsupportedOperationException("providers are services, not extensions: " + type);
            }
        };
    }

    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new ExtensionFinder() {
            @Override
            public <T> List<ExtensionWrapper<T>> find(Class<T> type) {
                return List.of();
            }

            @Override
            public <T> List<ExtensionWrapper<T>> find(Class<T> type, String id) {
                return List.of();
            }

            @Override
            @SuppressWarnings("rawtypes")
            public List<ExtensionWrapper> find(String id) {
                return List.of();
            }

            @Override
            public Set<String> findClassNames(String id) {
                return Set.of();
            }
        };
    }
}
