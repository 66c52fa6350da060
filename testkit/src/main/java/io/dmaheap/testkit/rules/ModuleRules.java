package io.dmaheap.testkit.rules;

import io.dmaheap.spi.HeapProvider;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.util.Set;
import java.util.stream.Stream;

/** What a plugin's module descriptor must say: ArchUnit does not look at it. */
final class ModuleRules {
    private static final Set<String> ALLOWED = Set.of("java.base", "io.dmaheap.api", "io.dmaheap.allocators");
    private static final Set<String> ALLOWED_AT_COMPILE_TIME = Set.of("org.jspecify");
    private static final Set<String> API_PACKAGES =
            Set.of("io.dmaheap", "io.dmaheap.spi", "io.dmaheap.tee", "io.dmaheap.watch");

    private ModuleRules() {}

    static Stream<Violation> check(ModuleDescriptor module) {
        if (module.isAutomatic()) {
            return Stream.of(new Violation(
                    "a plugin has a module descriptor, because without one it reads every module and hides nothing",
                    module.name() + " is an automatic module"));
        }
        return Stream.of(providers(module), requirements(module), exports(module), openness(module), shading(module))
                .flatMap(violations -> violations);
    }

    private static Stream<Violation> providers(ModuleDescriptor module) {
        boolean provides = module.provides().stream()
                .anyMatch(provided -> provided.service().equals(HeapProvider.class.getName()));
        return provides
                ? Stream.empty()
                : Stream.of(new Violation(
                        "a plugin provides " + HeapProvider.class.getName()
                                + ", because that is how the framework finds it",
                        module.name() + " does not"));
    }

    private static Stream<Violation> requirements(ModuleDescriptor module) {
        return module.requires().stream()
                .filter(requires -> !ALLOWED.contains(requires.name()))
                .filter(requires -> !(requires.modifiers().contains(Requires.Modifier.STATIC)
                        && ALLOWED_AT_COMPILE_TIME.contains(requires.name())))
                .map(requires -> new Violation(
                        "a plugin requires only " + ALLOWED.stream().sorted().toList()
                                + ", because nothing else is sure to be there where it runs",
                        module.name() + " requires " + requires));
    }

    private static Stream<Violation> exports(ModuleDescriptor module) {
        return module.exports().stream()
                .map(Exports::source)
                .filter(name -> !name.equals(module.name()) && !name.startsWith(module.name() + "."))
                .map(name -> new Violation(
                        "a plugin exports nothing, or packages under its own name, because packages of two modules must not collide",
                        module.name() + " exports " + name));
    }

    private static Stream<Violation> openness(ModuleDescriptor module) {
        boolean open = module.isOpen() || !module.opens().isEmpty();
        return open
                ? Stream.of(new Violation(
                        "a plugin opens nothing, because the framework needs no reflection",
                        module.name() + " is open"))
                : Stream.empty();
    }

    private static Stream<Violation> shading(ModuleDescriptor module) {
        return module.packages().stream()
                .filter(API_PACKAGES::contains)
                .map(name -> new Violation(
                        "a plugin does not contain the API, because its copy is not the one that the framework knows",
                        module.name() + " contains " + name));
    }
}
