package io.dmaheap.testkit.rules;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.util.Set;
import java.util.stream.Stream;

/** What a plugin's module descriptor may say, if it has one: ArchUnit does not look at it. */
final class ModuleRules {
    private static final Set<String> ALLOWED = Set.of("java.base", "io.dmaheap.api", "io.dmaheap.allocators");
    private static final Set<String> ALLOWED_AT_COMPILE_TIME = Set.of("org.jspecify");

    private ModuleRules() {}

    static Stream<Violation> check(ModuleDescriptor module) {
        return module.isAutomatic()
                ? Stream.empty()
                : Stream.of(requirements(module), exports(module), openness(module))
                        .flatMap(violations -> violations);
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
}
