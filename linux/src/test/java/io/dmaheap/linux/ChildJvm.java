package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another JVM on the class path of this test run, for what must happen in a process of its own. */
public final class ChildJvm {
    private ChildJvm() {}

    /** What a finished child left. */
    public record Result(int status, String output) {}

    /** The command line; {@code prefix} comes before {@code java}. */
    public static ProcessBuilder builder(List<String> options, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Runs it to its end. */
    public static Result run(List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return finish(builder(options, main, arguments).start());
    }

    /** Waits for a child's end, and ends it after a minute. */
    public static Result finish(Process process) throws IOException, InterruptedException {
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        return new Result(process.exitValue(), output);
    }

    private static String classPath() {
        return Stream.of(
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""),
                        System.getProperty("basedir", ".") + "/target/test-classes")
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }
}
