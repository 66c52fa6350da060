package io.dmaheap.conformance.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The threads, descriptors and mapped buffers of this process, from the JVM and from proc(5).
 *
 * <p>Plain files are left out, as the JVM opens jars when it loads classes and keeps them, but for those in the directory for temporary
 * files: nothing there belongs to the JVM.
 *
 * @param entries how often each thing is there, by its name
 */
record ProcessState(Map<String, Integer> entries) {
    private static final Set<String> KEPT = Set.of("/dev/random", "/dev/urandom");

    ProcessState {
        entries = Map.copyOf(entries);
    }

    static ProcessState now() {
        var entries = new TreeMap<String, Integer>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!isOfTheJvm(thread)) {
                entries.merge("thread " + thread.getName().replaceAll("\\d+", "N"), 1, Integer::sum);
            }
        }
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                String target = target(link);
                if (isCounted(target)) {
                    entries.merge("descriptor " + target.replaceAll(":\\[\\d+]", ""), 1, Integer::sum);
                }
            }
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (line.contains("/memfd:") || line.contains("/dmabuf:")) {
                    entries.merge("mapping " + line.substring(line.indexOf('/')), 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessState(entries);
    }

    /** The JVM starts these when it first needs them, in thread groups above that of the program. */
    private static boolean isOfTheJvm(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group != null && !Thread.currentThread().getThreadGroup().parentOf(group);
    }

    /** A plain file for the descriptor that listed the directory, which is closed by now. */
    private static String target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return "/gone";
        }
    }

    private static boolean isCounted(String target) {
        boolean plain = target.startsWith("/") && !target.startsWith("/memfd:") && !target.startsWith("/dmabuf:");
        return !plain
                || target.startsWith(System.getProperty("java.io.tmpdir"))
                || target.startsWith("/dev/") && !KEPT.contains(target);
    }

    /** Whether a thread of dmaheap is among them. */
    boolean hasThreadsOfDmaheap() {
        return entries.keySet().stream().anyMatch(name -> name.startsWith("thread dmaheap"));
    }

    /** What there is now and was not {@code before}, or less often. */
    List<String> since(ProcessState before) {
        var more = new ArrayList<String>();
        new TreeMap<>(entries).forEach((name, count) -> {
            int then = before.entries.getOrDefault(name, 0);
            if (count > then) {
                more.add(count - then + " of " + name);
            }
        });
        return more;
    }
}
