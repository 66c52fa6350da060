package io.dmaheap.interleavings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs jcstress in a JVM of its own, which starts further ones; short, since every build runs it. */
class RefCountRaceTests {
    @TempDir
    Path directory;

    /** One run for both, since jcstress takes its time to look at the machine. */
    @Test
    void theCountsHoldInEveryRaceAndACountThatLooksBeforeItWritesIsFoundOut() throws Exception {
        var run = jcstress();

        assertThat(run.output()).contains("(Results: 6 planned; 5 passed, 1 failed, 0 soft errs, 0 hard errs)");
        assertThat(run.output().lines().filter(line -> line.contains("Observed forbidden state")))
                .singleElement()
                .asString()
                .startsWith("io.dmaheap.interleavings.broken.CheckThenAct");
        assertThat(run.exit()).isNotZero();
    }

    private record Run(int exit, String output) {}

    private Run jcstress() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.openjdk.jcstress.Main"));
        command.addAll(List.of(
                "-t",
                "io.dmaheap.(interleavings|core)",
                "-r",
                directory.resolve("report").toString()));
        // Few JVMs, with the compilers as they are: without this each test runs in a dozen of configurations.
        command.addAll(List.of("-m", "quick", "-f", "1", "-iters", "2", "-time", "300"));
        command.addAll(List.of("-sc", "false", "-af", "NONE", "-jvmArgs", "-XX:+UseSerialGC"));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES))
                    .as("jcstress ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output));
    }
}
