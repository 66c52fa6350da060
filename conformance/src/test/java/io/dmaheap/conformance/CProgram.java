package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs in C that tests need, from {@code src/test/c}. CI must have a compiler; elsewhere a test without one is skipped. */
public final class CProgram {
    private CProgram() {}

    /** Compiles {@code src/test/c/NAME.c} into {@code directory}. */
    public static Path compiled(String name, Path directory) throws IOException, InterruptedException {
        Optional<Path> compiler = Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "cc"))
                .filter(Files::isExecutable)
                .findFirst();
        if (System.getenv("CI") != null) {
            assertThat(compiler).as("cc, which CI must have").isPresent();
        }
        assumeTrue(compiler.isPresent(), "no cc on PATH for " + name + ".c");
        Path program = directory.resolve(name);
        Process process = new ProcessBuilder(
                        compiler.orElseThrow().toString(),
                        "-Wall",
                        "-Werror",
                        "src/test/c/" + name + ".c",
                        "-o",
                        program.toString())
                .redirectErrorStream(true)
                .start();
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return program;
    }
}
