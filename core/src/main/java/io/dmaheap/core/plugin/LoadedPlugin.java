package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.NATIVE_ACCESS_DENIED;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;
import static io.dmaheap.Problem.Kind.UNRESOLVABLE_MODULE;

import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.life.ForeignFailure;
import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolutionException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pf4j.Plugin;

/**
 * One incarnation of a plugin: its layer, its loader and, once started, its running providers. Whoever lets go of this object lets
 * go of every class of the plugin.
 */
final class LoadedPlugin extends Plugin {
    private static final System.Logger LOGGER = System.getLogger(LoadedPlugin.class.getName());

    private final PluginJar jar;
    private final List<LoadedPlugin> dependencies;
    private final boolean pinned;
    private final JarLoader loader;
    private final ModuleLayer.Controller controller;
    private final ProviderHost host;
    private final PluginListener listener;
    private volatile ProviderHost.@Nullable Running running;
    /** Why there is none running. Written by the step that starts it, before the owner asks. */
    private volatile @Nullable Throwable failure;
    /** Why the providers could not be made, if that is what failed. */
    private volatile @Nullable PluginRejected unmade;

    private volatile boolean stopped;

    private LoadedPlugin(
            PluginJar jar,
            List<LoadedPlugin> dependencies,
            boolean pinned,
            JarLoader loader,
            ModuleLayer.Controller controller,
            ProviderHost host,
            PluginListener listener) {
        this.jar = jar;
        this.dependencies = dependencies;
        this.pinned = pinned;
        this.loader = loader;
        this.controller = controller;
        this.host = host;
        this.listener = listener;
    }

    /**
     * Makes the module of a plugin.
     *
     * @param dependencies the plugins whose modules it may require, besides those of {@code parent}
     * @param pinned whether it goes before plugins that are not
     * @throws PluginRejected if the module system refuses
     */
    static LoadedPlugin define(
            PluginJar jar,
            List<LoadedPlugin> dependencies,
            boolean pinned,
            ModuleLayer parent,
            ProviderHost host,
            PluginListener listener) {
        List<ModuleLayer> parents = new ArrayList<>();
        dependencies.forEach(dependency -> parents.add(dependency.controller.layer()));
        parents.add(parent);
        JarLoader loader = null;
        try {
            Configuration configuration = Configuration.resolve(
                    jar.finder(),
                    parents.stream().map(ModuleLayer::configuration).toList(),
                    ModuleFinder.of(),
                    Set.of(jar.moduleName()));
            loader = new JarLoader(jar.label(), jar.module());
            JarLoader only = loader;
            var controller = ModuleLayer.defineModules(configuration, parents, name -> only);
            var plugin = new LoadedPlugin(jar, dependencies, pinned, loader, controller, host, listener);
            loader.link(
                    plugin.module(), configuration.findModule(jar.moduleName()).orElseThrow());
            return plugin;
        } catch (FindException
                | ResolutionException
                | LayerInstantiationException
                | SecurityException
                | IOException e) {
            close(loader);
            throw PluginRejected.because(
                    UNRESOLVABLE_MODULE,
                    jar.id(),
                    "the module system refuses it: " + e.getMessage(),
                    "A plugin sees the JDK modules of this runtime, io.dmaheap.api and the plugins in its"
                            + " Plugin-Dependencies; add what is missing there or with --add-modules",
                    e);
        }
    }

    private static void close(@Nullable JarLoader loader) {
        if (loader != null) {
            try {
                loader.close();
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.WARNING, "cannot close " + loader, e);
            }
        }
    }

    /** Closes the jar. Harmless if that has happened. */
    void close() {
        close(loader);
    }

    JarLoader loader() {
        return loader;
    }

    boolean dependsOn(LoadedPlugin other) {
        return dependencies.contains(other);
    }

    /**
     * Lets this plugin alone call native code.
     *
     * @throws PluginRejected if the framework itself may not
     */
    void enableNativeAccess() {
        if (!LoadedPlugin.class.getModule().isNativeAccessEnabled()) {
            throw PluginRejected.because(
                    NATIVE_ACCESS_DENIED,
                    jar.id(),
                    "dmaheap cannot hand on native access, since it has none itself",
                    "Start Java with --enable-native-access=io.dmaheap.core");
        }
        controller.enableNativeAccess(module());
    }

    /** Makes the providers and hands them to the host. For any thread; {@link #start} tells what came of it. */
    void startProviders() {
        try {
            running = host.start(jar.id(), this::providers, loader, pinned);
        } catch (Throwable e) {
            PluginRejected rejected = unmade;
            failure = rejected == null ? e : rejected;
        }
    }

    /** For PF4J: succeeds if {@link #startProviders} did. */
    @Override
    public void start() {
        try {
            switch (failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        } catch (OverdueException e) {
            throw new PluginRejected(e.problem());
        } catch (HeapException e) {
            // The message of the exception ends with the hint, and so does the text of a problem.
            String hint = e.hint().orElse("");
            String message = String.valueOf(e.getMessage());
            String end = ". " + hint;
            if (!hint.isEmpty() && message.endsWith(end)) {
                message = message.substring(0, message.length() - end.length());
            }
            throw PluginRejected.because(PLUGIN_THREW, jar.id(), message, hint, e);
        }
    }

    /** For PF4J: stops the providers, unless that has happened. */
    @Override
    public void stop() {
        stopProviders();
    }

    /**
     * Stops the providers, once. For any thread. Never throws: PF4J would keep the plugin in its list of started ones for ever.
     */
    void stopProviders() {
        ProviderHost.Running started = running;
        if (started == null || stopped) {
            return;
        }
        stopped = true;
        try {
            started.stop();
        } catch (RuntimeException | Error e) {
            listener.problem(Problem.of(
                    PLUGIN_THREW,
                    jar.id(),
                    "could not be stopped: " + ForeignFailure.copyOf(e),
                    "Report this to the vendor of the plugin",
                    ForeignFailure.copyOf(e)));
        }
    }

    void drain(Runnable whenEmpty) {
        ProviderHost.Running drained = running;
        if (drained == null) {
            whenEmpty.run();
        } else {
            drained.drain(whenEmpty);
        }
    }

    List<String> heaps() {
        ProviderHost.Running current = running;
        return current == null ? List.of() : current.heaps();
    }

    /**
     * The providers of this layer. A service loader goes on into the parent layers, where the providers of the application and of
     * other plugins are; it comes to this layer first, so counting is enough. The type of a provider would not tell them apart: it
     * is the return type of a {@code provider()} method, which may be the interface.
     */
    private List<HeapProvider> providers() {
        try {
            return ServiceLoader.load(controller.layer(), HeapProvider.class).stream()
                    .limit(JarInspector.providers(jar.module().descriptor()).size())
                    .map(ServiceLoader.Provider::get)
                    .toList();
        } catch (ServiceConfigurationError e) {
            Throwable cause = thrown(e);
            PluginRejected rejected = PluginRejected.because(
                    PLUGIN_THREW,
                    jar.id(),
                    "its provider cannot be made: " + ForeignFailure.copyOf(cause),
                    "A provider needs a public constructor without arguments that does nothing; work belongs into start",
                    e);
            unmade = rejected;
            throw rejected;
        }
    }

    private Module module() {
        return controller.layer().findModule(jar.moduleName()).orElseThrow();
    }

    /** What the plugin's own code threw, if that is known. */
    private static Throwable thrown(ServiceConfigurationError e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause instanceof ExceptionInInitializerError && cause.getCause() != null ? cause.getCause() : cause;
    }
}
