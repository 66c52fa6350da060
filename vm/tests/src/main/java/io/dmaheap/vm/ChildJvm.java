package io.dmaheap.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Another JVM with the same class path. */
public final class ChildJvm {
    private ChildJvm() {}

    /** A command line; the shell words come before {@code java}, as in {@code ulimit -n 100; exec}. */
    public static ProcessBuilder of(String shell, Class<?> main, String... arguments) {
        var command = new ArrayList<>(List.of("sh", "-c", shell + " \"$@\"", "sh"));
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** What the child prints until it ends, and how it ends. It is killed after five minutes. */
    public static String output(Process process)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture.delayedExecutor(5, TimeUnit.MINUTES).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "\nexit " + process.onExit().get(1, TimeUnit.MINUTES).exitValue();
    }
}
