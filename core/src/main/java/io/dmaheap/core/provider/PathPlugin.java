package io.dmaheap.core.provider;

import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.core.event.StateEvents;
import io.dmaheap.core.plugin.ProviderHost;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plugin on the class or module path and where it is in its life. */
final class PathPlugin {
    private final String id;
    private final Class<?> type;
    private final String version;
    private final ProviderHost.@Nullable Running running;
    private final @Nullable Problem problem;
    private volatile State state;

    private PathPlugin(
            String id, Class<?> type, ProviderHost.@Nullable Running running, @Nullable Problem problem, State state) {
        this.id = id;
        this.type = type;
        this.running = running;
        this.problem = problem;
        this.version = Optional.ofNullable(type.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .or(() -> Optional.ofNullable(type.getPackage().getImplementationVersion()))
                .orElse("unknown");
        this.state = state;
        StateEvents.plugin(id, version, state);
    }

    /** One whose code does not run, under the id that it has unless it says otherwise. */
    static PathPlugin resolved(Class<?> type) {
        Module module = type.getModule();
        String id = module.isNamed() ? module.getName() : type.getPackageName();
        return new PathPlugin(id, type, null, null, State.RESOLVED);
    }

    static PathPlugin started(String id, Class<?> type, ProviderHost.Running running) {
        return new PathPlugin(id, type, running, null, State.STARTED);
    }

    static PathPlugin failed(String id, Class<?> type, Problem problem) {
        return new PathPlugin(id, type, null, problem, State.FAILED);
    }

    PluginInfo info() {
        return new PluginInfo(
                id,
                version,
                type.getName(),
                Optional.ofNullable(type.getPackage().getImplementationVendor()).orElse("unknown"),
                Optional.empty(),
                state,
                running == null ? List.of() : running.heaps(),
                Optional.ofNullable(problem));
    }

    /** Takes its heaps away, and stops it when the last buffer is gone. */
    void drain() {
        var started = running;
        if (started != null) {
            enter(State.DRAINING);
            started.drain(() -> {
                started.stop();
                enter(State.STOPPED);
            });
        }
    }

    private void enter(State next) {
        state = next;
        StateEvents.plugin(id, version, next);
    }
}
