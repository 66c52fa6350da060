package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a user sees whose JVM was started without native access, or denies it: tried in JVMs of their own. */
class DeniedNativeAccessTests {

    @Test
    void theEmulatorSaysWhichOptionIsMissing() throws Exception {
        assertThat(lines("--illegal-native-access=deny"))
                .hasSize(4)
                .satisfiesExactly(
                        suitability -> assertThat(suitability).contains("usable=true", "--enable-native-access"),
                        finding -> assertThat(finding)
                                .contains("WARN", "--enable-native-access", "--illegal-native-access=deny"),
                        judged -> assertThat(judged).isEqualTo("enabled by judging: false"),
                        refusal -> assertThat(refusal).contains("has no memory to give out", "--enable-native-access"));
    }

    /** The platform of the kernel must not be usable or not according to which one is judged first. */
    @Test
    void judgingThePlatformGivesNoNativeAccess() throws Exception {
        assertThat(lines("--illegal-native-access=warn"))
                .contains("enabled by judging: false")
                .last()
                .isEqualTo("opened");
    }

    private static List<String> lines(String option) throws Exception {
        String classPath = String.join(
                File.pathSeparator,
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path"),
                Path.of("target", "test-classes").toString());
        var java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        option,
                        "-cp",
                        classPath,
                        DeniedNativeAccessTests.class.getName())
                .redirectErrorStream(true)
                .start();
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(java::destroyForcibly);
        var output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(java.exitValue()).as(output).isZero();
        return output.lines().toList();
    }

    public static void main(String[] arguments) {
        var provider = new EmulatorPlatformProvider();
        System.out.println(provider.suitability());
        provider.diagnose().forEach(System.out::println);
        System.out.println("enabled by judging: "
                + EmulatorPlatformProvider.class.getModule().isNativeAccessEnabled());
        try {
            provider.open(Map.of()).close();
            System.out.println("opened");
        } catch (HeapException refusal) {
            System.out.println(refusal.getMessage());
        }
    }
}
