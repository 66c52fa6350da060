package io.dmaheap.conformance.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Makes the jars of kinds of plugins, and meets each in a JVM of its own, whose memory and time are limited.
 *
 * <p>It needs the installed form of dmaheap, whose {@code lib} is the module path of these JVMs and whose {@code plugins} are the shipped
 * ones.
 */
final class Zoo {
    /** Far more than any encounter needs on a slow machine. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    /** The limit for calls into plugins that keep it: so long that none of them exceeds it on a slow machine. */
    private static final Duration LONG_LIMIT = Duration.ofMinutes(1);

    private static final int HEAP_MIB = 96;

    private final Installed installed;
    private final Path work;
    private final Duration patience;
    private final Path program;

    /**
     * A zoo.
     *
     * @param installed the installed form
     * @param work an empty directory
     * @param patience when a JVM is killed
     */
    Zoo(Path installed, Path work, Duration patience) throws IOException {
        this.installed = new Installed(installed);
        this.work = work.toAbsolutePath();
        this.patience = patience;
        this.program = Installed.classPath(Encounter.class, this.work.resolve("program"));
    }

    /**
     * Meets all kinds, or those whose names contain an argument, and prints a line for each. Arguments: the installed form, and any names.
     * Ends with 1 if one was not as expected, and with 2 if there was none.
     */
    public static void main(String[] args) throws Exception {
        List<String> names = List.of(args).subList(1, args.length);
        List<Kind> kinds = Catalogue.kinds().stream()
                .filter(kind -> names.isEmpty() || names.stream().anyMatch(kind.name()::contains))
                .toList();
        Path work = Files.createTempDirectory("dmaheap-zoo");
        var failed = new AtomicInteger();
        long begin = System.nanoTime();
        try {
            new Zoo(Path.of(args[0]), work, PATIENCE).meetAll(kinds, (kind, complaints) -> {
                if (!complaints.isEmpty()) {
                    failed.incrementAndGet();
                }
                System.out.println((complaints.isEmpty() ? "as expected  " : "WRONG        ") + kind.name());
                complaints.forEach(complaint -> System.out.println("             " + complaint));
            });
        } finally {
            delete(work);
        }
        System.out.printf(
                "zoo: %d kinds, %d as expected, %d wrong, %d s%n",
                kinds.size(),
                kinds.size() - failed.get(),
                failed.get(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
        System.exit(kinds.isEmpty() ? 2 : failed.get() == 0 ? 0 : 1);
    }

    /** So many of the kinds, drawn by a seed. */
    static List<Kind> sample(long seed, int size) {
        var drawn = new ArrayList<>(Catalogue.kinds());
        Collections.shuffle(drawn, new Random(seed));
        return drawn.subList(0, size);
    }

    /**
     * Meets these kinds, two at a time.
     *
     * @param listener gets each kind with what was not as expected; one call at a time
     */
    void meetAll(Collection<Kind> kinds, BiConsumer<Kind, List<String>> listener) throws IOException {
        var sources = new TreeMap<String, String>();
        kinds.forEach(kind -> sources.putAll(kind.specimen().sources()));
        Map<String, byte[]> compiled = installed.compile(sources, work);
        Duration shortLimit = shortLimitOfThisMachine();
        try (var encounters = Executors.newFixedThreadPool(2)) {
            for (Kind kind : kinds) {
                encounters.execute(() -> {
                    Duration callLimit = kind.expected().exceedsTheLimit() ? shortLimit : LONG_LIMIT;
                    List<String> complaints;
                    try {
                        complaints = kind.expected().complaints(meet(kind, compiled, callLimit, patience), callLimit);
                    } catch (IOException | RuntimeException e) {
                        complaints = List.of("it could not be met: " + e);
                    }
                    synchronized (listener) {
                        listener.accept(kind, complaints);
                    }
                });
            }
        }
    }

    /** The limit for plugins that exceed it: several times what the shipped plugins need to start on this machine. */
    private Duration shortLimitOfThisMachine() throws IOException {
        var none = new Kind("none", new Specimen("none").placed((_, _) -> {}), Expected.harmless());
        Sighting seen = meet(none, Map.of(), LONG_LIMIT, PATIENCE);
        long millis = seen.facts("time")
                .filter(words -> words.get(1).equals("open"))
                .mapToLong(words -> Long.parseLong(words.get(2)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("dmaheap does not work without any plugin of the zoo: " + seen));
        return Duration.ofMillis(Math.clamp(8 * millis, 8000, 30_000));
    }

    private Sighting meet(Kind kind, Map<String, byte[]> compiled, Duration callLimit, Duration limit)
            throws IOException {
        Path place = work.resolve("met").resolve(kind.name());
        try {
            Path plugins = Files.createDirectories(place.resolve("plugins"));
            installed.copyPlugins(plugins);
            kind.specimen().install(compiled, plugins);
            return run(place, plugins, callLimit, limit);
        } finally {
            delete(place);
        }
    }

    private Sighting run(Path place, Path plugins, Duration callLimit, Duration limit) throws IOException {
        Path report = place.resolve("report");
        Path printed = place.resolve("printed");
        Path temporary = Files.createDirectories(place.resolve("tmp"));
        Process jvm = new ProcessBuilder(installed.command(
                        List.of("-Xmx" + HEAP_MIB + "m", "-Djava.io.tmpdir=" + temporary),
                        program,
                        Encounter.class,
                        plugins.toString(),
                        String.valueOf(callLimit.toMillis()),
                        report.toString()))
                .directory(place.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        boolean ended = false;
        try {
            ended = jvm.waitFor(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            jvm.descendants().forEach(ProcessHandle::destroyForcibly);
            jvm.destroyForcibly();
        }
        return new Sighting(
                ended ? jvm.exitValue() : Sighting.KILLED,
                Files.exists(report) ? Files.readAllLines(report) : List.of(),
                lastOf(new String(Files.readAllBytes(printed), StandardCharsets.UTF_8)));
    }

    /** A directory with the program alone: beside it may be what is for tests, such as a services file. */
    private static String lastOf(String printed) {
        return printed.substring(Math.max(0, printed.length() - 2000)).strip();
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
