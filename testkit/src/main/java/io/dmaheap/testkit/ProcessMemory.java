package io.dmaheap.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The memory that this process uses: reachable objects, and data outside of the Java heap (VmData of proc_pid_status(5), which counts
 * the committed heap too; nothing where there is no {@code /proc}).
 *
 * @param objects the bytes of Java objects after a collection
 * @param data the bytes of private writable mappings beside the heap
 */
record ProcessMemory(long objects, long data) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String DATA = "VmData:";

    /** Runs the garbage collector. */
    static ProcessMemory now() {
        System.gc();
        var runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory();
        return new ProcessMemory(
                heap - runtime.freeMemory(), Files.isReadable(STATUS) ? dataOfThisProcess() - heap : 0);
    }

    private static long dataOfThisProcess() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(DATA))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it. */
    long bytes() {
        return objects + data;
    }
}
