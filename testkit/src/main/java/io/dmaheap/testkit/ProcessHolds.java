package io.dmaheap.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The file descriptors of this process and the buffers mapped into it, from proc(5); nothing where there is no {@code /proc}.
 *
 * <p>Jars and other plain files on disk are left out: the JVM opens them as it loads classes, and keeps them, as it keeps the
 * sources of its random numbers. So are epoll and event descriptors, by which the JDK and the linux platform wait for others: they stay
 * for a while, or for good, after the last wait.
 *
 * @param entries how often each thing is held, by its name
 */
record ProcessHolds(Map<String, Integer> entries) {
    private static final Set<String> KEPT =
            Set.of("/dev/random", "/dev/urandom", "anon_inode:[eventpoll]", "anon_inode:[eventfd]");

    static ProcessHolds now() {
        var entries = new TreeMap<String, Integer>();
        descriptors(entries);
        mappings(entries);
        return new ProcessHolds(entries);
    }

    /** What is held now and was not {@code before}. */
    SortedSet<String> since(ProcessHolds before) {
        var more = new TreeSet<String>();
        entries.forEach((name, count) -> {
            if (count > before.entries.getOrDefault(name, 0)) {
                more.add(name);
            }
        });
        return more;
    }

    private static void descriptors(Map<String, Integer> entries) {
        Path directory = Path.of("/proc/self/fd");
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> links = Files.list(directory)) {
            links.forEach(link -> {
                String target = target(link);
                if (!isKeptByTheJvm(target)) {
                    entries.merge("fd of " + target, 1, Integer::sum);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isKeptByTheJvm(String target) {
        boolean special = !target.startsWith("/")
                || target.startsWith("/dev/")
                || target.startsWith("/dmabuf:")
                || target.startsWith("/memfd:");
        return !special || KEPT.contains(target);
    }

    /** A plain file for the descriptor that listed the directory, which is closed by now. */
    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return "/gone";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mappings(Map<String, Integer> entries) {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return;
        }
        try (Stream<String> lines = Files.lines(maps)) {
            // ZGC keeps the Java heap itself in a memfd.
            lines.filter(line -> line.contains("/dmabuf:") || line.contains("/memfd:"))
                    .filter(line -> !line.contains("/memfd:java_heap"))
                    .forEach(line -> entries.merge("mapping of " + line.substring(line.indexOf('/')), 1, Integer::sum));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
