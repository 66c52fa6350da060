package io.dmaheap.testkit.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/** Checks a plugin as it would be shipped: its classes, its module descriptor and its manifest. Runs none of its code. */
public final class PluginVerifier {
    static final List<ArchRule> RULES = List.of(
            HeapPluginRules.DEPENDS_ON_THE_API_ALONE,
            HeapPluginRules.STARTS_NO_THREADS,
            HeapPluginRules.PRINTS_NOTHING,
            HeapPluginRules.CALLS_NO_NATIVE_CODE,
            HeapPluginRules.DECLARES_NO_NATIVE_METHODS,
            HeapPluginRules.LOGS_THROUGH_THE_CONTEXT,
            HeapPluginRules.KNOWS_NEITHER_FRAMEWORK_NOR_PLATFORM,
            HeapPluginRules.SHOWS_ONLY_ITS_PROVIDER,
            HeapPluginRules.HAS_NO_FINALIZERS,
            HeapPluginRules.KEEPS_OUT_OF_THE_JDK,
            HeapPluginRules.THROWS_WHAT_CALLERS_CAN_TELL_APART,
            HeapPluginRules.LEAVES_THE_JVM_ALONE);

    private PluginVerifier() {}

    /**
     * Checks a plugin.
     *
     * @param plugin a jar, or a directory of classes, which has no manifest to check
     * @return what is wrong with it; empty if nothing is
     */
    public static List<Violation> verify(Path plugin) {
        var violations = new ArrayList<Violation>();
        if (!Files.isDirectory(plugin)) {
            try (var jar = new JarFile(plugin.toFile())) {
                violations.addAll(ManifestRules.check(jar.getManifest()));
            } catch (IOException e) {
                return List.of(new Violation("a plugin is a readable jar", String.valueOf(e.getMessage())));
            }
        }
        violations.addAll(module(plugin));
        violations.addAll(classes(plugin));
        return List.copyOf(violations);
    }

    private static List<Violation> module(Path plugin) {
        try {
            var modules = ModuleFinder.of(plugin).findAll();
            return modules.isEmpty()
                    ? List.of(new Violation(
                            "a plugin is a module", "there is no module-info.class in " + plugin.getFileName()))
                    : modules.stream()
                            .map(ModuleReference::descriptor)
                            .flatMap(ModuleRules::check)
                            .toList();
        } catch (FindException e) {
            return List.of(new Violation("a plugin is a module", String.valueOf(e.getMessage())));
        }
    }

    private static List<Violation> classes(Path plugin) {
        JavaClasses classes = imported(plugin);
        var violations = new ArrayList<Violation>();
        for (ArchRule rule : RULES) {
            var result = rule.allowEmptyShould(true).evaluate(classes);
            result.getFailureReport()
                    .getDetails()
                    .forEach(detail -> violations.add(new Violation(rule.getDescription(), detail)));
        }
        return violations;
    }

    private static JavaClasses imported(Path plugin) {
        if (Files.isDirectory(plugin)) {
            return new ClassFileImporter().importPath(plugin);
        }
        try (var jar = new JarFile(plugin.toFile())) {
            return new ClassFileImporter().importJar(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
