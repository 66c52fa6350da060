package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.DUPLICATE_PLUGIN;
import static io.dmaheap.Problem.Kind.MISSING_DEPENDENCY;
import static io.dmaheap.Problem.Kind.NATIVE_ACCESS_DENIED;
import static io.dmaheap.Problem.Kind.UNRESOLVABLE_MODULE;

import io.dmaheap.PluginInfo.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;

/** Decides whether a sound jar may be loaded now, among those that are loaded. */
final class Admission {
    private final LayeredPluginManager manager;
    private final Predicate<String> nativeAccess;
    private final @Nullable ModuleLayer parent = Admission.class.getModule().getLayer();

    /**
     * Rules for a machine.
     *
     * @param nativeAccess the ids of the plugins that may call native code
     */
    Admission(LayeredPluginManager manager, Predicate<String> nativeAccess) {
        this.manager = manager;
        this.nativeAccess = nativeAccess;
    }

    /** The layer of the framework, which every plugin sees. */
    ModuleLayer parent() {
        if (parent == null) {
            throw new IllegalStateException("no plugin is admitted without a module layer");
        }
        return parent;
    }

    /**
     * Admits a jar.
     *
     * @param plugins all plugins, it may be among them
     * @return the plugins that it depends on, or empty if it has to wait for one that is draining
     * @throws PluginRejected if it cannot be loaded among these
     */
    Optional<List<LoadedPlugin>> admit(PluginJar jar, List<InstalledPlugin> plugins) {
        requireModulePath(jar);
        manager.apiProblem(jar).ifPresent(problem -> {
            throw new PluginRejected(problem);
        });
        if (jar.needsNativeAccess() && !nativeAccess.test(jar.id())) {
            throw PluginRejected.because(
                    NATIVE_ACCESS_DENIED,
                    jar.id(),
                    "it wants to call native code, and the policy does not allow that",
                    "If you trust it, add to the policy file: native-access = " + jar.id());
        }
        boolean unique = isOnlyOne(jar, plugins);
        var dependencies = new ArrayList<LoadedPlugin>();
        boolean complete = true;
        for (PluginDependency dependency : jar.dependencies()) {
            InstalledPlugin found = loaded(dependency.getPluginId(), plugins);
            if (found != null) {
                requireVersion(jar, dependency, found.soundJar());
                dependencies.add(found.loaded());
                complete &= found.state() != State.DRAINING;
            } else if (!dependency.isOptional()) {
                requireComing(jar, dependency, plugins);
                complete = false;
            }
        }
        return unique && complete ? Optional.of(List.copyOf(dependencies)) : Optional.empty();
    }

    private void requireModulePath(PluginJar jar) {
        if (parent == null) {
            throw PluginRejected.because(
                    UNRESOLVABLE_MODULE,
                    jar.id(),
                    "dmaheap runs on the class path, where plugins cannot find io.dmaheap.api as a module",
                    "Start Java with dmaheap on --module-path and --add-modules io.dmaheap.core");
        }
        if (parent.findModule(jar.moduleName()).isPresent()) {
            throw duplicate(jar, "its module " + jar.moduleName() + " is already on the module path");
        }
    }

    /** Whether no other has its id or module; false while another that has is on its way out. */
    private static boolean isOnlyOne(PluginJar jar, List<InstalledPlugin> plugins) {
        boolean unique = true;
        for (InstalledPlugin other : plugins) {
            if (!other.isLoaded()) {
                continue;
            }
            PluginJar taken = other.soundJar();
            boolean sameId = taken.id().equals(jar.id());
            if (sameId || taken.moduleName().equals(jar.moduleName())) {
                if (other.state() != State.DRAINING) {
                    Path name = taken.file().getFileName();
                    throw duplicate(
                            jar, (sameId ? "its id" : "its module " + jar.moduleName()) + " is taken by " + name);
                }
                unique = false;
            }
        }
        return unique;
    }

    private static PluginRejected duplicate(PluginJar jar, String message) {
        String hint = "Remove " + jar.file().getFileName() + " or the other one";
        return PluginRejected.because(DUPLICATE_PLUGIN, jar.id(), message, hint);
    }

    private void requireVersion(PluginJar jar, PluginDependency dependency, PluginJar found) {
        String range = dependency.getPluginVersionSupport();
        if (!manager.satisfies(found.descriptor().getVersion(), range)) {
            throw PluginRejected.because(
                    MISSING_DEPENDENCY,
                    jar.id(),
                    "it depends on " + dependency.getPluginId() + " " + range + ", and " + found.label() + " is there",
                    "Install a version of " + dependency.getPluginId() + " that fits");
        }
    }

    /** One that waits itself may come; one that failed or is not there will not. */
    private static void requireComing(PluginJar jar, PluginDependency dependency, List<InstalledPlugin> plugins) {
        String id = dependency.getPluginId();
        List<InstalledPlugin> named = plugins.stream()
                .filter(plugin -> plugin.jar() != null && plugin.soundJar().id().equals(id))
                .toList();
        if (named.isEmpty()) {
            String hint = "Install " + id + " " + dependency.getPluginVersionSupport();
            throw PluginRejected.because(
                    MISSING_DEPENDENCY, jar.id(), "it depends on " + id + ", which is not there", hint);
        }
        if (named.stream().noneMatch(plugin -> plugin.state() == State.DISCOVERED)) {
            throw PluginRejected.because(
                    MISSING_DEPENDENCY,
                    jar.id(),
                    "it depends on " + id + ", which failed",
                    "Solve the problem of " + id + " first");
        }
    }

    private static @Nullable InstalledPlugin loaded(String id, List<InstalledPlugin> plugins) {
        return plugins.stream()
                .filter(plugin -> plugin.isLoaded() && plugin.soundJar().id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
