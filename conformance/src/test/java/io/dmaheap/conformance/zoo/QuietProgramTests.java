package io.dmaheap.conformance.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that uses dmaheap as shipped gets no line on its streams that it did not ask for. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class QuietProgramTests {
    private static final Path INSTALLED = Path.of("../cli/target/dmaheap");

    @TempDir
    Path work;

    private String printed(List<String> options, String... platform) throws Exception {
        var installed = new Installed(INSTALLED);
        Path plugins = Files.createDirectory(work.resolve("plugins"));
        installed.copyPlugins(plugins);
        Path printed = work.resolve("printed");
        String[] arguments = Stream.concat(Stream.of(plugins.toString()), Stream.of(platform))
                .toArray(String[]::new);
        Process process = new ProcessBuilder(installed.command(
                        options,
                        Installed.classPath(PlainProgram.class, work.resolve("program")),
                        PlainProgram.class,
                        arguments))
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
        assertThat(printed(List.of(), "emulator")).isEmpty();
    }

    /** On a machine whose kernel has heaps there is nothing to warn of. */
    @Test
    void theEmulatorInPlaceOfAKernelIsWarnedOfOnce() throws Exception {
        assertThat(printed(List.of()).lines().filter(line -> line.contains("buffers come from emulator")))
                .hasSize(Files.isDirectory(Path.of("/dev/dma_heap")) ? 0 : 1);
    }

    @Test
    void whatSlf4jSaysOfItselfComesIfItIsAskedFor() throws Exception {
        assertThat(printed(List.of("-Dslf4j.internal.verbosity=WARN"), "emulator"))
                .contains("SLF4J(W)");
    }
}
