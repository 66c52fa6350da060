package io.dmaheap.core.provider;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.call.Overlap;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.ProviderHost;
import io.dmaheap.spi.HeapProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The plugins on the class or module path: started once, stopped at the end, never unloaded. */
public final class PathProviders implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._$-]{0,254}");

    private final Surroundings surroundings;
    private final ProviderHost host;
    private final Problems problems;
    private final List<PathPlugin> plugins;

    /**
     * Starts them; one that fails stops no other.
     *
     * @param found what a {@link ServiceLoader} finds, lazily: taking the next one may fail
     */
    public PathProviders(
            Iterable<ServiceLoader.Provider<HeapProvider>> found, Surroundings surroundings, ProviderHost host) {
        this.surroundings = surroundings;
        this.host = host;
        this.problems = surroundings.problems();
        var starts = new ArrayList<Start>();
        var all = found.iterator();
        Start next = next(all);
        while (next != null) {
            starts.add(next);
            next = next(all);
        }
        if (host.starts()) {
            Overlap.forEach(starts, host.limit(), Start::run);
        }
        plugins = starts.stream().map(Start::outcome).toList();
    }

    private @Nullable Start next(Iterator<ServiceLoader.Provider<HeapProvider>> found) {
        while (true) {
            try {
                return found.hasNext() ? new Start(found.next()) : null;
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

    /** One provider on its way. Its class is loaded; initialiser and constructor are code of the plugin, and so is its id. */
    private final class Start {
        private final ServiceLoader.Provider<HeapProvider> found;
        private final Class<?> type;
        private String id;
        private volatile @Nullable PathPlugin outcome;

        Start(ServiceLoader.Provider<HeapProvider> found) {
            this.found = found;
            this.type = found.type();
            this.id = type.getName();
        }

        PathPlugin outcome() {
            PathPlugin known = outcome;
            return known == null ? PathPlugin.resolved(type) : known;
        }

        void run() {
            try {
                HeapProvider provider = make();
                var running = host.start(id, () -> List.of(provider), type.getClassLoader(), true);
                outcome = PathPlugin.started(id, type, running);
            } catch (Throwable e) {
                Problem problem = problem(e);
                problems.report(problem);
                outcome = PathPlugin.failed(id, type, problem);
            }
        }

        private HeapProvider make() throws InterruptedException {
            record Made(HeapProvider provider, String id) {}
            Made made = new LifeCalls(id, type.getClassLoader(), surroundings.limit())
                    .begin("initialisation", () -> {
                        HeapProvider provider = found.get();
                        return new Made(provider, checked(provider.id(), id));
                    })
                    .get();
            id = made.id();
            return made.provider();
        }

        /** The policy and the command name a plugin by its id: as in a manifest, or the name of a class. */
        private static String checked(@Nullable String id, String type) {
            if (id == null || !ID.matcher(id).matches()) {
                throw HeapException.of(
                                ErrorCode.INVALID_NAME, "the provider " + type + " has an id that no plugin can have")
                        .hint("Let id() return up to 255 letters, digits, dots, dashes and underscores, such as"
                                + " vendor-heap")
                        .build();
            }
            return id;
        }

        private Problem problem(Throwable e) {
            return switch (e) {
                case OverdueException overdue -> overdue.problem();
                case HeapException refused ->
                    Problem.of(Problem.Kind.PLUGIN_THREW, id, String.valueOf(refused.getMessage()), "", refused);
                default -> {
                    ForeignFailure thrown = ForeignFailure.copyOf(e);
                    yield Problem.of(Problem.Kind.PLUGIN_THREW, id, "threw " + thrown, "", thrown);
                }
            };
        }
    }

    /** What was found. */
    public List<PluginInfo> plugins() {
        return plugins.stream().map(PathPlugin::info).toList();
    }

    /** Drains all; each is stopped when its last buffer is gone. */
    @Override
    public void close() {
        Overlap.forEach(plugins.reversed(), host.limit(), PathPlugin::drain);
    }
}
