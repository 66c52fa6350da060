package io.dmaheap.conformance.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that uses dmaheap as shipped gets no line on its streams that it did not ask for. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class QuietProgramTests {
    private static final Path INSTALLED = Path.of("../cli/target/dmaheap");

    @TempDir
    Path work;

    private String printed(List<String> options) throws Exception {
        var installed = new Installed(INSTALLED);
        Path plugins = Files.createDirectory(work.resolve("plugins"));
        installed.copyPlugins(plugins);
        Path printed = work.resolve("printed");
        Process process = new ProcessBuilder(installed.command(
                        options,
                        Installed.classPath(PlainProgram.class, work.resolve("program")),
                        PlainProgram.class,
                        plugins.toString()))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(printed)).isZero();
        return Files.readString(printed);
    }

    @Test
    void nothingIsPrinted() throws Exception {
        assertThat(printed(List.of())).isEmpty();
    }

    @Test
    void whatSlf4jSaysOfItselfComesIfItIsAskedFor() throws Exception {
        assertThat(printed(List.of("-Dslf4j.internal.verbosity=WARN"))).contains("SLF4J(W)");
    }
}
