package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.DUPLICATE_PLUGIN;
import static io.dmaheap.Problem.Kind.MISSING_DEPENDENCY;
import static io.dmaheap.Problem.Kind.NATIVE_ACCESS_DENIED;
import static io.dmaheap.Problem.Kind.NOT_ALLOWED;
import static io.dmaheap.Problem.Kind.UNRESOLVABLE_MODULE;

import io.dmaheap.PluginInfo.State;
import io.dmaheap.core.policy.PluginRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;

/** Decides whether a sound jar may be loaded now, among those that are there. */
final class Admission {
    private static final String REMOVE = "Remove one of the two";

    private final LayeredPluginManager manager;
    private final PluginRules rules;
    private final Set<String> ofApplication;
    private final @Nullable ModuleLayer parent = Admission.class.getModule().getLayer();

    /**
     * Rules for a machine.
     *
     * @param rules what the operator and the distribution say
     * @param ofApplication the ids of plugins on the class or module path
     */
    Admission(LayeredPluginManager manager, PluginRules rules, Set<String> ofApplication) {
        this.manager = manager;
        this.rules = rules;
        this.ofApplication = ofApplication;
    }

    /** The layer of the framework, which every plugin sees. */
    ModuleLayer parent() {
        if (parent == null) {
            throw new IllegalStateException("no plugin is admitted without a module layer");
        }
        return parent;
    }

    /** Whether the distribution or the policy says that this is the plugin of its id. */
    boolean isPinned(PluginJar jar) {
        return rules.isPinned(jar.id(), jar.identity().marks());
    }

    /**
     * Admits a jar.
     *
     * @param plugin a sound jar
     * @param plugins all plugins, it may be among them
     * @return the plugins that it depends on, or empty if it has to wait for one
     * @throws PluginRejected if it cannot be loaded among these
     */
    Optional<List<LoadedPlugin>> admit(InstalledPlugin plugin, List<InstalledPlugin> plugins) {
        PluginJar jar = plugin.soundJar();
        check(jar);
        requireNoClash(plugin, plugins);
        var dependencies = new ArrayList<LoadedPlugin>();
        boolean complete = true;
        for (PluginDependency dependency : jar.dependencies()) {
            InstalledPlugin found = running(dependency.getPluginId(), plugins);
            if (found != null && !found.isListed() && isComing(dependency, plugins)) {
                complete = false;
            } else if (found != null) {
                requireVersion(jar, dependency, found.soundJar());
                dependencies.add(found.loaded());
            } else if (!dependency.isOptional()) {
                requireComing(jar, dependency, plugins);
                complete = false;
            }
        }
        return complete ? Optional.of(List.copyOf(dependencies)) : Optional.empty();
    }

    /** What does not depend on other jars. */
    private void check(PluginJar jar) {
        requireModulePath(jar);
        requireTrust(jar);
        manager.apiProblem(jar).ifPresent(problem -> {
            throw new PluginRejected(problem);
        });
        if (jar.needsNativeAccess() && !rules.mayCallNative(jar.id())) {
            throw PluginRejected.because(
                    NATIVE_ACCESS_DENIED,
                    jar.id(),
                    "it wants to call native code, and the policy does not allow that",
                    "If you trust it, add to the policy file: native-access = " + jar.id());
        }
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
            throw duplicate(jar, "its module " + jar.moduleName() + " is already on the module path", REMOVE);
        }
        if (ofApplication.contains(jar.id())) {
            throw duplicate(jar, "its id is that of a plugin on the class or module path", REMOVE);
        }
    }

    private void requireTrust(PluginJar jar) {
        List<String> marks = jar.identity().marks();
        if (rules.isPinned(jar.id()) && !rules.isPinned(jar.id(), marks)) {
            throw PluginRejected.because(
                    NOT_ALLOWED,
                    jar.id(),
                    jar.file().getFileName() + " is not the jar that this id is pinned to",
                    "Remove it; if it is meant to replace that jar, put into the policy file: "
                            + PluginRules.lineToPin(jar.id(), marks.getFirst()));
        }
        if (!rules.allows(jar.id(), marks)) {
            throw PluginRejected.because(
                    NOT_ALLOWED,
                    jar.id(),
                    "the policy does not allow " + jar.file().getFileName(),
                    "If you trust it, write into the policy file: " + rules.lineToAllow(marks.getLast()));
        }
    }

    /**
     * Refuses a jar whose id or module another jar has as well: neither the alphabet nor who came first says which of them is meant.
     * One that is pinned goes before others, and of identical copies the first by name is taken.
     *
     * @throws PluginRejected if there is such a jar
     */
    void requireNoClash(InstalledPlugin plugin, List<InstalledPlugin> plugins) {
        PluginJar jar = plugin.soundJar();
        for (InstalledPlugin other : plugins) {
            if (other == plugin || !other.isListed() || other.jar() == null) {
                continue;
            }
            PluginJar rival = other.soundJar();
            boolean sameId = rival.id().equals(jar.id());
            if ((sameId || rival.moduleName().equals(jar.moduleName())) && !yields(rival, jar)) {
                String what = (sameId ? "its id" : "its module " + jar.moduleName()) + " is also that of "
                        + rival.file().getFileName();
                boolean lost = isCopy(rival, jar) || isPinned(rival);
                throw duplicate(
                        jar,
                        lost ? what : what + ", so neither is loaded",
                        lost || !sameId
                                ? REMOVE
                                : REMOVE + ", or pin the one that is meant in the policy file: "
                                        + PluginRules.lineToPin(
                                                jar.id(), jar.identity().digest()));
            }
        }
    }

    /** Whether the rival does not stand in the way of the jar. */
    private boolean yields(PluginJar rival, PluginJar jar) {
        if (isCopy(rival, jar)) {
            return jar.file().compareTo(rival.file()) < 0;
        }
        if (isPinned(jar) && !isPinned(rival)) {
            return true;
        }
        try {
            check(rival);
            return false;
        } catch (PluginRejected e) {
            return true;
        }
    }

    private static boolean isCopy(PluginJar rival, PluginJar jar) {
        return rival.identity().digest().equals(jar.identity().digest());
    }

    private static PluginRejected duplicate(PluginJar jar, String message, String hint) {
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
                .filter(plugin -> plugin.isListed()
                        && plugin.jar() != null
                        && plugin.soundJar().id().equals(id))
                .toList();
        if (named.isEmpty()) {
            String hint = "Install " + id + " " + dependency.getPluginVersionSupport();
            throw PluginRejected.because(
                    MISSING_DEPENDENCY, jar.id(), "it depends on " + id + ", which is not there", hint);
        }
        if (!isComing(dependency, plugins)) {
            throw PluginRejected.because(
                    MISSING_DEPENDENCY,
                    jar.id(),
                    "it depends on " + id + ", which failed",
                    "Solve the problem of " + id + " first");
        }
    }

    /** Whether a version of the plugin waits to be started. */
    private static boolean isComing(PluginDependency dependency, List<InstalledPlugin> plugins) {
        return plugins.stream()
                .anyMatch(plugin -> plugin.isListed()
                        && plugin.state() == State.DISCOVERED
                        && plugin.soundJar().id().equals(dependency.getPluginId()));
    }

    /** The version of a plugin that runs and stays, at least until another one has started. */
    private static @Nullable InstalledPlugin running(String id, List<InstalledPlugin> plugins) {
        return plugins.stream()
                .filter(plugin -> plugin.isServing() && plugin.soundJar().id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
