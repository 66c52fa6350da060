package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.core.policy.PluginRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An Error of the JVM while one jar is examined, which lies between two good ones. */
class InspectionErrorTests {
    @TempDir
    Path plugins;

    private final JarInspector inspector = new JarInspector();
    private volatile @Nullable Error planned;
    private Installation machine;

    @BeforeEach
    void install() {
        plugin("a.good").writeTo(plugins);
        plugin("bad").writeTo(plugins);
        plugin("z.good").writeTo(plugins);
        machine = new Installation(plugins, PluginRules.NONE, this::inspect);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    private PluginJar inspect(Path file, Path copy) {
        Error error = planned;
        if (error != null && file.endsWith("bad.jar")) {
            throw error;
        }
        return inspector.inspect(file, copy);
    }

    static Stream<Error> errors() {
        return Stream.of(
                new OutOfMemoryError("of the test"),
                new StackOverflowError("of the test"),
                new NoClassDefFoundError("of the test"),
                new AssertionError("of the test"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void itFailsThatJarAlone(Error error) throws IOException {
        planned = error;

        machine.scan();

        assertThat(machine.state("a.good")).isEqualTo(State.STARTED);
        assertThat(machine.state("z.good")).isEqualTo(State.STARTED);
        assertThat(machine.state("bad")).isEqualTo(State.FAILED);
        assertThat(machine.problem().kind()).isEqualTo(Problem.Kind.CORRUPT_JAR);
        assertThat(machine.problem().subject()).isEqualTo("bad.jar");
        assertThat(machine.problem().message()).contains(error.getClass().getSimpleName(), "of the test");
        try (Stream<Path> copies = Files.walk(machine.temporary)) {
            assertThat(copies.filter(Files::isRegularFile)
                            .filter(file -> file.toString().endsWith(".jar")))
                    .hasSize(2);
        }
    }

    @Test
    void aJarForWhichThereWasNoMemoryIsTriedAgain() {
        planned = new OutOfMemoryError("of the test");
        machine.scan();
        planned = null;

        machine.scan();

        assertThat(machine.state("bad")).isEqualTo(State.STARTED);
        assertThat(machine.present).isEmpty();
    }
}
