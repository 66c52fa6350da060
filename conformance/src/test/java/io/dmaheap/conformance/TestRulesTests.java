package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.resolvers.SelectedClassResolverFromClasspath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules for tests, on the tests of each module. The POM of this module makes sure that all of them are compiled before. */
class TestRulesTests {
    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern MODULE = Pattern.compile("<module>(.+)</module>");

    /** The modules whose main classes are tests: they run in a guest, or in the build of a plugin. */
    private static final List<String> ONLY_TESTS = List.of("testkit", "vm/tests");

    /** jcstress generates a runner for each of its tests. */
    private static final ImportOption NOT_GENERATED = location -> !location.contains("_jcstress");

    static Stream<Path> classesOfTests() throws IOException {
        return MODULE.matcher(Files.readString(PROJECT.resolve("pom.xml")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .flatMap(module -> Stream.of(
                                Files.isDirectory(PROJECT.resolve(module, "src/test/java")) ? "test-classes" : "",
                                ONLY_TESTS.contains(module) ? "classes" : "")
                        .filter(folder -> !folder.isEmpty())
                        .map(folder -> PROJECT.resolve(module, "target", folder)));
    }

    @ParameterizedTest
    @MethodSource("classesOfTests")
    void waitsHaveALimit(Path classes) {
        // Of what the tests call, only the types that wait have to be known.
        var imported = ArchConfiguration.withThreadLocalScope((ArchConfiguration configuration) -> {
            configuration.setClassResolver(SelectedClassResolverFromClasspath.class);
            configuration.setClassResolverArguments("java.lang", "java.util.concurrent");
            return new ClassFileImporter().withImportOption(NOT_GENERATED).importPath(classes);
        });
        assertThat(imported).as("classes in " + classes).isNotEmpty();
        TestRules.WAITS_HAVE_A_LIMIT.check(imported);
    }
}
