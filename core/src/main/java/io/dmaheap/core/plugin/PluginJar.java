package io.dmaheap.core.plugin;

import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;

/**
 * A jar that is sound in itself: readable, with a complete manifest and a provider. Whether it can run here depends on others.
 *
 * @param file where it was found
 * @param copy the private copy that is loaded
 * @param descriptor what its manifest says
 * @param module its module, automatic if it has no {@code module-info}
 * @param needsNativeAccess whether it says that it calls native code
 * @param identity by what it is known
 */
record PluginJar(
        Path file,
        Path copy,
        PluginDescriptor descriptor,
        ModuleReference module,
        boolean needsNativeAccess,
        JarIdentity identity) {

    String id() {
        return descriptor.getPluginId();
    }

    /** Id and version, as in stack traces. */
    String label() {
        return id() + "@" + descriptor.getVersion();
    }

    String moduleName() {
        return module.descriptor().name();
    }

    /** Finds its module, without another look into the file. */
    ModuleFinder finder() {
        return new ModuleFinder() {
            @Override
            public Optional<ModuleReference> find(String name) {
                return name.equals(moduleName()) ? Optional.of(module) : Optional.empty();
            }

            @Override
            public Set<ModuleReference> findAll() {
                return Set.of(module);
            }
        };
    }

    List<PluginDependency> dependencies() {
        return descriptor.getDependencies();
    }

    /** Whether it cannot run without that plugin. */
    boolean needs(String id) {
        return dependencies().stream()
                .anyMatch(dependency ->
                        !dependency.isOptional() && dependency.getPluginId().equals(id));
    }

    /** Whether it uses that plugin, if only where it is there. */
    boolean dependsOn(String id) {
        return dependencies().stream()
                .anyMatch(dependency -> dependency.getPluginId().equals(id));
    }
}
