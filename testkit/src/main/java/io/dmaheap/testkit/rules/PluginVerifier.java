package io.dmaheap.testkit.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.dmaheap.Problem;
import io.dmaheap.spi.Framework;
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

/**
 * Checks a plugin as it would be shipped: its manifest, its module descriptor, its classes and what they use of this API. Runs none of
 * its code.
 */
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

    private static final String LOADABLE = "a plugin can be loaded and linked with this API,"
            + " because the framework examines every jar like this and rejects the others";

    private PluginVerifier() {}

    /**
     * Checks a plugin: first as the framework does before it loads one, then by the rules. The framework, which is {@code heap-core},
     * must be on the class path or module path.
     *
     * @param plugin a jar, or a directory of classes, which has no manifest to check
     * @return what is wrong with it; empty if nothing is
     */
    public static List<Violation> verify(Path plugin) {
        List<Problem> problems = Framework.load().inspect(plugin);
        var violations = new ArrayList<Violation>();
        problems.forEach(problem -> violations.add(new Violation(LOADABLE, problem.toString())));
        if (problems.stream().noneMatch(problem -> problem.kind() == Problem.Kind.CORRUPT_JAR)) {
            violations.addAll(module(plugin));
            violations.addAll(classes(plugin));
        }
        return List.copyOf(violations);
    }

    private static List<Violation> module(Path plugin) {
        try {
            return ModuleFinder.of(plugin).findAll().stream()
                    .map(ModuleReference::descriptor)
                    .flatMap(ModuleRules::check)
                    .toList();
        } catch (FindException alreadyFound) {
            return List.of();
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
