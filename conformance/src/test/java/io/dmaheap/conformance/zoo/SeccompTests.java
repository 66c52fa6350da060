package io.dmaheap.conformance.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.conformance.CProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process whose seccomp filter refuses memfd_create gets emulated buffers without descriptors, and is told why. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SeccompTests {
    private static final Path INSTALLED = Path.of("../cli/target/dmaheap");

    @TempDir
    Path work;

    private String printed(List<String> options) throws Exception {
        var installed = new Installed(INSTALLED);
        Path plugins = Files.createDirectory(work.resolve("plugins"));
        installed.copyPlugins(plugins);
        var command = new ArrayList<>(List.of(CProgram.compiled("refuse", work).toString()));
        command.addAll(installed.command(
                options,
                Installed.classPath(FilteredProgram.class, work.resolve("program")),
                FilteredProgram.class,
                plugins.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(3, TimeUnit.MINUTES).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ends").isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    @Test
    void bytesAreMemoryOfTheJvmAndThePlatformAndDoctorSayWhy() throws Exception {
        assertThat(printed(List.of("--enable-native-access=io.dmaheap.emulator")))
                .containsPattern("platform .*without file descriptors: memfd_create gets EPERM, .*seccomp")
                .contains("descriptor NONE, 0x2a")
                .containsPattern("finding WARN emulator: .*cannot be shared.* memfd_create gets EPERM, .*seccomp");
    }

    @Test
    void whoAsksForMemoryFilesIsRefusedWithTheReason() throws Exception {
        assertThat(printed(List.of(
                        "--enable-native-access=io.dmaheap.emulator", "-Ddmaheap.platform.emulator.backing=memfd")))
                .containsPattern("refused PLATFORM_UNAVAILABLE .*memfd_create.* EPERM.*seccomp profile");
    }
}
