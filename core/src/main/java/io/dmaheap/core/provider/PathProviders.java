package io.dmaheap.core.provider;

import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.ProviderHost;
import io.dmaheap.spi.HeapProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;

/** The plugins on the class or module path: started once, stopped at the end, never unloaded. */
public final class PathProviders implements AutoCloseable {
    private final List<PathPlugin> plugins = new ArrayList<>();

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
        String id = provider.getClass().getName();
        try {
            id = provider.id();
            var running = host.start(id, List.of(provider), provider.getClass().getClassLoader());
            plugins.add(PathPlugin.started(id, provider.getClass(), running));
        } catch (Throwable e) {
            String message = e instanceof HeapException refused ? refused.getMessage() : "threw " + e;
            var problem = Problem.of(Problem.Kind.PLUGIN_THREW, id, message, "", e);
            problems.report(problem);
            plugins.add(PathPlugin.failed(id, provider.getClass(), problem));
        }
    }

    /** What was found. */
    public List<PluginInfo> plugins() {
        return plugins.stream().map(PathPlugin::info).toList();
    }

    /** Drains all; each is stopped when its last buffer is gone. */
    @Override
    public void close() {
        plugins.reversed().forEach(PathPlugin::drain);
    }
}
