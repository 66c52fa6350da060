package io.dmaheap.core.provider;

import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.call.Overlap;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.ProviderHost;
import io.dmaheap.spi.HeapProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The plugins on the class or module path: started once, stopped at the end, never unloaded. */
public final class PathProviders implements AutoCloseable {
    private final ProviderHost host;
    private final Problems problems;
    private final CallLimit limit;
    private final List<PathPlugin> plugins;

    /**
     * Starts them; one that fails stops no other.
     *
     * @param found what a {@link ServiceLoader} finds, lazily: taking the next one may fail
     */
    public PathProviders(
            Iterable<ServiceLoader.Provider<HeapProvider>> found, Surroundings surroundings, ProviderHost host) {
        this.host = host;
        this.problems = surroundings.problems();
        this.limit = surroundings.limit();
        var candidates = new ArrayList<PathCandidate>();
        var all = found.iterator();
        PathCandidate next = next(all);
        while (next != null) {
            candidates.add(next);
            next = next(all);
        }
        plugins = host.starts()
                ? start(candidates)
                : candidates.stream()
                        .map(candidate -> PathPlugin.resolved(candidate.type()))
                        .toList();
    }

    private @Nullable PathCandidate next(Iterator<ServiceLoader.Provider<HeapProvider>> found) {
        while (true) {
            try {
                return found.hasNext() ? new PathCandidate(found.next()) : null;
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

    /** All are made before one is started, since only then it is known who shares an id. */
    private List<PathPlugin> start(List<PathCandidate> candidates) {
        Overlap.forEach(candidates, host.limit(), candidate -> candidate.make(limit));
        Map<String, List<PathCandidate>> byId = new LinkedHashMap<>();
        var outcomes = new ArrayList<PathPlugin>();
        for (PathCandidate candidate : candidates) {
            Throwable failure = candidate.failure();
            if (failure == null) {
                byId.computeIfAbsent(candidate.id(), id -> new ArrayList<>()).add(candidate);
            } else {
                outcomes.add(failed(candidate, failure));
            }
        }
        var starts = new ArrayList<Start>();
        byId.forEach((id, group) -> {
            if (group.stream().allMatch(group.getFirst()::comesWith)) {
                starts.add(new Start(group));
            } else {
                outcomes.addAll(refused(id, group));
            }
        });
        Overlap.forEach(starts, host.limit(), Start::run);
        starts.forEach(start -> outcomes.add(start.outcome()));
        return List.copyOf(outcomes);
    }

    /** The plugins of one id that come from several places: neither their order nor a name says which of them is meant. */
    private List<PathPlugin> refused(String id, List<PathCandidate> rivals) {
        var problem = Problem.of(
                Problem.Kind.DUPLICATE_PLUGIN,
                id,
                "its id is that of several providers on the class or module path, so none of them is started: "
                        + rivals.stream().map(PathCandidate::toString).collect(Collectors.joining(", ")),
                "Leave one of them on the path, or ask a vendor for another id",
                null);
        problems.report(problem);
        return rivals.stream()
                .map(rival -> PathPlugin.failed(id, rival.type(), problem))
                .toList();
    }

    private PathPlugin failed(PathCandidate candidate, Throwable e) {
        String id = candidate.id();
        Problem problem = switch (e) {
            case OverdueException overdue -> overdue.problem();
            case HeapException refused ->
                Problem.of(Problem.Kind.PLUGIN_THREW, id, String.valueOf(refused.getMessage()), "", refused);
            default -> {
                ForeignFailure thrown = ForeignFailure.copyOf(e);
                yield Problem.of(Problem.Kind.PLUGIN_THREW, id, "threw " + thrown, "", thrown);
            }
        };
        problems.report(problem);
        return PathPlugin.failed(id, candidate.type(), problem);
    }

    /** One plugin on its way: the providers of one id that come together, as in a jar of the plugin directory. */
    private final class Start {
        private final List<PathCandidate> candidates;
        private volatile @Nullable PathPlugin outcome;

        Start(List<PathCandidate> candidates) {
            this.candidates = candidates;
        }

        void run() {
            PathCandidate first = candidates.getFirst();
            try {
                List<HeapProvider> providers =
                        candidates.stream().map(PathCandidate::provider).toList();
                var running =
                        host.start(first.id(), () -> providers, first.type().getClassLoader(), true);
                outcome = PathPlugin.started(first.id(), first.type(), running);
            } catch (Throwable e) {
                outcome = failed(first, e);
            }
        }

        PathPlugin outcome() {
            PathPlugin known = outcome;
            return known == null ? PathPlugin.resolved(candidates.getFirst().type()) : known;
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
