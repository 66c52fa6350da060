package io.dmaheap.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory that this process uses: reachable objects, and data outside of the Java heap.
 *
 * @param objects the bytes of Java objects after a collection
 * @param data the bytes of private writable mappings beside the heap, as proc_pid_maps(5) lists them; 0 where there is no {@code /proc}
 */
record ProcessMemory(long objects, long data) {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Pattern LINE = Pattern.compile("(\\p{XDigit}+)-(\\p{XDigit}+) (\\S+) .*");

    /** Address space without a gap, and the private writable bytes in it. */
    private record Span(long start, long end, long data) {
        static Optional<Span> parse(String line) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                return Optional.empty();
            }
            long start = Long.parseUnsignedLong(parts.group(1), 16);
            long end = Long.parseUnsignedLong(parts.group(2), 16);
            boolean isData = parts.group(3).startsWith("rw") && parts.group(3).endsWith("p");
            return Optional.of(new Span(start, end, isData ? end - start : 0));
        }

        long size() {
            return end - start;
        }

        Span and(Span next) {
            return new Span(start, next.end, data + next.data);
        }
    }

    /** Runs the garbage collector. */
    static ProcessMemory now() {
        System.gc();
        var runtime = Runtime.getRuntime();
        long objects = runtime.totalMemory() - runtime.freeMemory();
        return new ProcessMemory(objects, Files.isReadable(MAPS) ? dataBesideHeap(runtime.maxMemory()) : 0);
    }

    /**
     * The heap is known by its size: what is reserved for it is the smallest span that can hold {@code most} bytes. What is committed of it
     * cannot be subtracted, since a collector gives back later than it says.
     */
    private static long dataBesideHeap(long most) {
        List<Span> spans = spans();
        Optional<Span> heap =
                spans.stream().filter(span -> span.size() >= most).min(Comparator.comparingLong(Span::size));
        return spans.stream().mapToLong(Span::data).sum() - heap.map(Span::data).orElse(0L);
    }

    private static List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (String line : lines()) {
            Span.parse(line).ifPresent(next -> {
                boolean joins = !spans.isEmpty() && spans.getLast().end() == next.start();
                spans.add(joins ? spans.removeLast().and(next) : next);
            });
        }
        return spans;
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(MAPS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it. */
    long bytes() {
        return objects + data;
    }
}
