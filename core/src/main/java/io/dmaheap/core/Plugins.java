package io.dmaheap.core;

import io.dmaheap.HeapException;
import io.dmaheap.HeapsOptions;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.event.StateEvents;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.PluginDirectory;
import io.dmaheap.core.plugin.PluginListener;
import io.dmaheap.core.policy.PluginRules;
import io.dmaheap.core.provider.PathProviders;
import io.dmaheap.core.provider.PolicyHeaps;
import io.dmaheap.core.provider.ProviderRunner;
import io.dmaheap.core.provider.Surroundings;
import io.dmaheap.spi.HeapProvider;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All plugins: those on the class or module path, and those of the plugin directory if there is one. */
final class Plugins implements AutoCloseable {
    private final PathProviders onPath;
    private final Optional<PluginDirectory> directory;
    /** Started last, since a plugin that offers the same heap comes before it. */
    private final PathProviders byPolicy;

    /**
     * Starts them. One that fails is a problem and stops no other.
     *
     * @param rules which plugins of the directory may be loaded, and what they may do
     * @param ofPolicy offers what the policy states, where no plugin does
     * @throws HeapException {@link io.dmaheap.ErrorCode#INVALID_CONFIGURATION} if the directory cannot be listed or watched
     */
    Plugins(
            HeapsOptions options,
            PluginRules rules,
            Iterable<ServiceLoader.Provider<HeapProvider>> onPath,
            Iterable<ServiceLoader.Provider<HeapProvider>> ofPolicy,
            Surroundings surroundings) {
        var host = new ProviderRunner(surroundings, options.startPlugins());
        this.onPath = new PathProviders(onPath, surroundings, host);
        Set<String> ids = Stream.concat(this.onPath.plugins().stream().map(PluginInfo::id), Stream.of(PolicyHeaps.ID))
                .collect(Collectors.toUnmodifiableSet());
        this.directory = options.plugins()
                .map(path -> new PluginDirectory(path, host, rules, ids, new Listener(surroundings.problems())));
        try {
            directory.ifPresent(options.watchPlugins() ? PluginDirectory::watch : PluginDirectory::scan);
        } catch (RuntimeException | Error e) {
            closePlugins();
            throw e;
        }
        this.byPolicy = new PathProviders(ofPolicy, surroundings, host);
    }

    private record Listener(Problems problems) implements PluginListener {
        @Override
        public void changed(PluginInfo plugin) {
            StateEvents.plugin(plugin.id(), plugin.version(), plugin.state());
        }

        @Override
        public void problem(Problem problem) {
            problems.report(problem);
        }

        @Override
        public void ended(Problem problem) {
            problems.end(problem);
        }
    }

    /** Every plugin there is. */
    List<PluginInfo> all() {
        return Stream.concat(
                        directory.map(PluginDirectory::plugins).stream().flatMap(List::stream),
                        Stream.concat(onPath.plugins().stream(), byPolicy.plugins().stream()))
                .toList();
    }

    /** Drains them all; each is stopped when its last buffer is gone. */
    @Override
    public void close() {
        Closing.all(byPolicy::close, this::closePlugins);
    }

    private void closePlugins() {
        Closing.all(() -> directory.ifPresent(PluginDirectory::close), onPath::close);
    }
}
