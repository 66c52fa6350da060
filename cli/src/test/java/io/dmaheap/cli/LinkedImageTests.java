package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that is linked with {@code jlink} holds the framework, and loads plugins from a folder beside it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LinkedImageTests {
    private static final Path HOME = Path.of("target/dmaheap").toAbsolutePath();
    private static final String MODULES =
            "io.dmaheap.cli,io.dmaheap.core,io.dmaheap.linux,io.dmaheap.emulator,io.dmaheap.allocators";

    @TempDir
    private Path folder;

    private String output(String... command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(() -> read(out)).isZero();
        return read(out);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void anImageOfTheCommandFindsTheHeapsOfItsPlugins() throws Exception {
        Path image = folder.resolve("image");
        String java = System.getProperty("java.home");
        output(
                Path.of(java, "bin", "jlink").toString(),
                "--module-path",
                HOME.resolve("lib").toString(),
                "--add-modules",
                MODULES,
                "--output",
                image.toString());
        String linked = image.resolve("bin/java").toString();
        assertThat(output(linked, "--list-modules"))
                .contains("io.dmaheap.core@", "org.pf4j\n", "com.github.zafarkhaja.semver@")
                .doesNotContain("java.desktop");
        List<String> shown = output(
                        linked,
                        "--enable-native-access=io.dmaheap.linux,io.dmaheap.core,io.dmaheap.emulator",
                        "-Ddmaheap.pins=" + HOME.resolve("plugins.pins"),
                        "-m",
                        "io.dmaheap.cli/io.dmaheap.cli.Main",
                        "list",
                        "--platform",
                        "emulator",
                        "--plugins",
                        HOME.resolve("plugins").toString())
                .lines()
                .toList();
        assertThat(shown)
                .anyMatch(line -> line.startsWith("system ") && line.endsWith(" heaps-system"))
                .anyMatch(line -> line.endsWith(" heaps-cma"))
                .anyMatch(line -> line.endsWith(" heaps-panthor"));
    }
}
