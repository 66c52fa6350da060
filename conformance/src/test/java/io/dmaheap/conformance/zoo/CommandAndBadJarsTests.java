package io.dmaheap.conformance.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a jar does, {@code dmaheap list} ends, and names it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CommandAndBadJarsTests {
    private static final Path INSTALLED = Path.of("../cli/target/dmaheap").toAbsolutePath();
    private static final int PROBLEM = 1;

    @TempDir
    Path work;

    /** What a call printed, on both streams. */
    private record Ended(int status, String text) {}

    private Ended list(List<Specimen> specimens) throws IOException, InterruptedException {
        var installed = new Installed(INSTALLED);
        Path plugins = Files.createDirectory(work.resolve("plugins"));
        installed.copyPlugins(plugins);
        var sources = new TreeMap<String, String>();
        specimens.forEach(specimen -> sources.putAll(specimen.sources()));
        Map<String, byte[]> compiled = installed.compile(sources, work);
        for (Specimen specimen : specimens) {
            specimen.install(compiled, plugins);
        }
        Path printed = work.resolve("printed");
        var builder = new ProcessBuilder(
                        INSTALLED.resolve("bin/dmaheap").toString(),
                        "list",
                        "--platform",
                        "emulator",
                        "--plugins",
                        plugins.toString())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(printed));
    }

    private static Specimen blocking(String name, String callback) {
        return new Specimen(name).offering(name).in(callback, Misdeed.BLOCKS.statements);
    }

    @Test
    void pluginsThatHangInDifferentCallsAreNamedAndTheRestIsListed() throws Exception {
        Ended list = list(List.of(
                blocking("hangs-in-init", "init"),
                blocking("hangs-in-start", "start"),
                blocking("hangs-in-status", "status"),
                blocking("hangs-in-close", "close"),
                blocking("hangs-in-stop", "stop")));
        assertThat(list.text())
                .contains("hangs-in-init", "hangs-in-start", "hangs-in-status", "hangs-in-close", "hangs-in-stop")
                .contains("restricted_mtk_cma");
        assertThat(list.status()).isEqualTo(PROBLEM);
    }

    @Test
    void aHookThatBlocksKeepsNoListFromEnding() throws Exception {
        Ended list = list(List.of(new Specimen("hooked")
                .offering("hooked")
                .in("start", "Runtime.getRuntime().addShutdownHook(new Thread(Bad::blocking));")));
        assertThat(list.text()).contains("hooked", "restricted_mtk_cma");
        assertThat(list.status()).isZero();
    }

    @Test
    void aPluginThatEndsTheProgramIsNamedAndThatIsNoSuccess() throws Exception {
        Ended list = list(List.of(new Specimen("exits").offering("exits").in("start", "System.exit(0);")));
        assertThat(list.text())
                .contains("a plugin ended the program, on the thread dmaheap-exits-start", "Provider.start");
        assertThat(list.status()).isEqualTo(PROBLEM);
    }
}
