package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a user sees whose JVM denies native access to everybody: tried in a JVM of its own. */
class DeniedNativeAccessTests {

    @Test
    void theEmulatorSaysWhichFlagIsMissing() throws Exception {
        String classPath = String.join(
                File.pathSeparator,
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path"),
                Path.of("target", "test-classes").toString());
        var java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--illegal-native-access=deny",
                        "-cp",
                        classPath,
                        DeniedNativeAccessTests.class.getName())
                .redirectErrorStream(true)
                .start();
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(java::destroyForcibly);
        var output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(java.exitValue()).as(output).isZero();
        assertThat(output.lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("--enable-native-access"))
                .satisfiesExactly(
                        suitability -> assertThat(suitability).contains("usable=false"),
                        finding -> assertThat(finding).contains("FAIL"),
                        refusal -> assertThat(refusal).contains("has no memory to give out"));
    }

    public static void main(String[] arguments) {
        var provider = new EmulatorPlatformProvider();
        System.out.println(provider.suitability());
        provider.diagnose().forEach(System.out::println);
        try {
            provider.open(Map.of()).close();
        } catch (HeapException refusal) {
            System.out.println(refusal.getMessage());
        }
    }
}
