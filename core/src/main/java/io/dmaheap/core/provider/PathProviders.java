package io.dmaheap.core.provider;

import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.core.event.PluginEvent;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.ProviderHost;
import io.dmaheap.spi.HeapProvider;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;

/** The plugins on the class or module path: started once, stopped at the end, never unloaded. */
public final class PathProviders implements AutoCloseable {
    private final List<Started> plugins = new ArrayList<>();

    private record Started(PluginInfo info, ProviderHost.@Nullable Running running) {}

    /**
     * Starts them; one that fails stops no other.
     *
     * @param found what a {@link java.util.ServiceLoader} finds, lazily: taking the next one may fail
     */
    public PathProviders(Iterable<HeapProvider> found, ProviderHost host, Problems problems) {
        var providers = found.iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return;
                }
                start(providers.next(), host, problems);
            } catch (ServiceConfigurationError | LinkageError e) {
                problems.report(Problem.of(
                        Problem.Kind.PLUGIN_THREW,
                        "class path",
                        "a provider of heaps cannot be loaded: " + e.getMessage(),
                        "Check the META-INF/services file or module descriptor that names it",
                        e));
            }
        }
    }

    private void start(HeapProvider provider, ProviderHost host, Problems problems) {
        String id = provider.id();
        try {
            var running = host.start(id, List.of(provider), provider.getClass().getClassLoader());
            plugins.add(new Started(info(provider, id, State.STARTED, null), running));
        } catch (HeapException e) {
            var problem = Problem.of(Problem.Kind.PLUGIN_THREW, id, e.getMessage(), "", e);
            problems.report(problem);
            plugins.add(new Started(info(provider, id, State.FAILED, problem), null));
        }
    }

    private static PluginInfo info(HeapProvider provider, String id, State state, @Nullable Problem problem) {
        Class<?> type = provider.getClass();
        String version = Optional.ofNullable(type.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .or(() -> Optional.ofNullable(type.getPackage().getImplementationVersion()))
                .orElse("unknown");
        PluginEvent.emit(id, version, state);
        return new PluginInfo(
                id,
                version,
                type.getName(),
                Optional.ofNullable(type.getPackage().getImplementationVendor()).orElse("unknown"),
                Optional.empty(),
                state,
                List.of(),
                Optional.ofNullable(problem));
    }

    /** What was found. */
    public List<PluginInfo> plugins() {
        return plugins.stream()
                .map(plugin -> withHeaps(
                        plugin.info(),
                        plugin.running() == null ? List.of() : plugin.running().heaps()))
                .toList();
    }

    private static PluginInfo withHeaps(PluginInfo info, List<String> heaps) {
        return new PluginInfo(
                info.id(),
                info.version(),
                info.description(),
                info.vendor(),
                info.jar(),
                info.state(),
                heaps,
                info.problem());
    }

    /** Drains all; each is stopped when its last buffer is gone. */
    @Override
    public void close() {
        for (Started plugin : plugins.reversed()) {
            if (plugin.running() != null) {
                plugin.running().drain(plugin.running()::stop);
            }
        }
    }
}
