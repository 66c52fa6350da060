package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ResolvedModule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What depends on how Java was started. */
class OtherJvmTests {
    private static final Path TEST_CLASSES = Path.of("target/test-classes");

    @TempDir
    Path plugins;

    @BeforeEach
    void install() {
        plugin("trusted").attribute("Heap-Native-Access", "required").writeTo(plugins);
    }

    /** The application's modules, as files and directories. */
    private static String modules() {
        return ModuleLayer.boot().configuration().modules().stream()
                .map(ResolvedModule::reference)
                .flatMap(reference -> reference.location().stream())
                .filter(location -> location.getScheme().equals("file"))
                .map(location -> Path.of(location).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private String probe(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dslf4j.internal.verbosity=ERROR"));
        command.addAll(List.of(options));
        command.add(plugins.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private String probeOnModulePath(String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--illegal-native-access=deny", "--module-path", modules()));
        all.addAll(List.of("--patch-module", "io.dmaheap.core=" + TEST_CLASSES));
        all.addAll(List.of("--module", "io.dmaheap.core/" + Probe.class.getName()));
        return probe(all.toArray(String[]::new));
    }

    @Test
    void onTheClassPathAPluginIsToldHowToStartJava() throws Exception {
        String output = probe("--class-path", modules() + File.pathSeparator + TEST_CLASSES, Probe.class.getName());

        assertThat(output).startsWith("UNRESOLVABLE_MODULE trusted").contains("class path", "--module-path");
    }

    @Test
    void nativeAccessCannotBeHandedOnByAFrameworkThatHasNone() throws Exception {
        assertThat(probeOnModulePath())
                .startsWith("NATIVE_ACCESS_DENIED trusted")
                .contains("--enable-native-access=io.dmaheap.core");
    }

    @Test
    void nativeAccessIsHandedOnWithoutAWordByAFrameworkThatHasIt() throws Exception {
        assertThat(probeOnModulePath("--enable-native-access=io.dmaheap.core")).isEmpty();
    }
}
