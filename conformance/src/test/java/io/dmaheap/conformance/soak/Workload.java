package io.dmaheap.conformance.soak;

import io.dmaheap.BufferListener;
import io.dmaheap.DmaBuf;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The program of a soak: uses the heaps with many threads until its time is over, closes everything, and reports how its calls ended and
 * what it still has that it had not at the start. A peer, plugins and the cleaner act on it from outside.
 */
final class Workload {
    private static final int RECEPTIONS = 2;
    private static final int SLOTS = 8;
    private static final Duration INTERRUPTS = Duration.ofMillis(40);
    private static final Duration LONG = Duration.ofMillis(200);
    private static final int MOST_STANDING = 8;
    private static final int FRAMES = 8;
    private static final Duration LOOKS = Duration.ofMillis(20);

    /** How long what ends by itself may take to end: threads that wait for more work, and plugins that return late. */
    private static final Duration ENDING = Duration.ofSeconds(20);

    /** How long all threads may take to notice the end: as long as a slow plugin holds one up, on a slow machine. */
    private static final Duration LEAVING = Duration.ofSeconds(60);

    private final Path plugins;
    private final Path policy;
    private final Path socket;
    private final Path otherSocket;
    private final Duration time;
    private final int threads;
    private final long seed;

    private final Outcomes outcomes = new Outcomes();
    private final Map<Problem.Kind, Integer> problems = new TreeMap<>();
    /** Where allocations from shipped heaps stood that took long. */
    private final Set<String> standing = new LinkedHashSet<>();

    private final Map<Problem.Kind, String> messages = new TreeMap<>();
    private final Map<String, LongAccumulator> longest = new ConcurrentHashMap<>();

    private Workload(String[] arguments) {
        plugins = Path.of(arguments[0]);
        policy = Path.of(arguments[1]);
        socket = Path.of(arguments[2]);
        otherSocket = Path.of(arguments[3]);
        time = Duration.ofMillis(Long.parseLong(arguments[4]));
        threads = Integer.parseInt(arguments[5]);
        seed = Long.parseLong(arguments[6]);
    }

    /**
     * Arguments: the plugin directory, the policy file, where to listen, where another program listens, the time in milliseconds, the
     * number of threads, the seed, and the file for the report.
     */
    public static void main(String[] arguments) throws IOException {
        var workload = new Workload(arguments);
        List<String> report;
        try {
            report = workload.run();
        } catch (Throwable e) {
            workload.outcomes.escape("the program", e);
            report = workload.outcomes.report();
        }
        Files.write(
                Path.of(arguments[7]),
                report.stream().map(line -> line.replace("\n", " ")).toList());
        Runtime.getRuntime().halt(0);
    }

    private List<String> run() throws InterruptedException {
        // Once before the comparison, since the JVM keeps threads and descriptors that it needed once.
        work(Duration.ofSeconds(1), seed, new Outcomes());
        ProcessState before = awaitRest();
        longest.clear();
        standing.clear();
        Usage usage = work(time, seed + 1, outcomes);
        List<String> left = awaitNothingSince(before);
        var report = new ArrayList<>(outcomes.report());
        report.add("usage\t" + usage.equals(Usage.NONE) + "\t" + usage);
        left.forEach(thing -> report.add("left\t" + thing));
        problems.forEach((kind, count) -> report.add("problem\t" + kind + "\t" + count + "\t" + messages.get(kind)));
        standing.forEach(where -> report.add("standing\t" + where));
        longest.forEach((heap, nanos) -> report.add("longest\t" + heap + "\t" + nanos.get() / 1000));
        return report;
    }

    /** The state when the threads of the first work have ended, which wait for more work for a while. */
    private static ProcessState awaitRest() {
        long begin = System.nanoTime();
        ProcessState now = ProcessState.now();
        while (now.hasThreadsOfDmaheap() && System.nanoTime() - begin < ENDING.toNanos()) {
            LockSupport.parkNanos(LOOKS.toNanos());
            now = ProcessState.now();
        }
        return now;
    }

    /** Ends early if nothing is left. */
    private static List<String> awaitNothingSince(ProcessState before) {
        long begin = System.nanoTime();
        List<String> left = ProcessState.now().since(before);
        while (!left.isEmpty() && System.nanoTime() - begin < ENDING.toNanos()) {
            LockSupport.parkNanos(LOOKS.toNanos());
            left = ProcessState.now().since(before);
        }
        return left;
    }

    private Usage work(Duration duration, long seedOfWorkers, Outcomes counted) throws InterruptedException {
        var random = new Random(seedOfWorkers);
        Heaps heaps = Heaps.open(HeapsOptions.defaults()
                .withPlugins(plugins)
                .withPluginsWatched()
                .withPolicy(policy)
                .withPlatform("emulator"));
        long begin = System.nanoTime();
        BooleanSupplier over = () -> System.nanoTime() - begin > duration.toNanos();
        try (BufferListener listener = heaps.listen(socket)) {
            var handedOver = new AtomicReferenceArray<DmaBuf>(SLOTS);
            var ground = new Worker.Ground(
                    heaps,
                    counted,
                    shipped(heaps),
                    Jars.GUESTS,
                    Jars.slow(),
                    handedOver,
                    List.of(socket, otherSocket),
                    longest,
                    over);
            var all = new ArrayList<Thread>();
            var workers = new LinkedHashMap<Worker, Thread>();
            for (int i = 0; i < threads; i++) {
                var worker = new Worker(ground, seedOfWorkers + i);
                var thread = new Thread(worker, "soak-worker");
                workers.put(worker, thread);
                all.add(thread);
            }
            for (int i = 0; i < RECEPTIONS; i++) {
                all.add(new Thread(new Reception(listener, counted, over), "soak-reception"));
            }
            all.forEach(thread -> {
                thread.setDaemon(true);
                thread.start();
            });
            while (!over.getAsBoolean()) {
                LockSupport.parkNanos(INTERRUPTS.toNanos());
                all.get(random.nextInt(all.size())).interrupt();
                lookAtProblems(heaps);
                workers.forEach(this::lookAt);
            }
            for (Thread thread : all) {
                if (!thread.join(LEAVING)) {
                    var stuck = new IllegalStateException("did not end");
                    stuck.setStackTrace(thread.getStackTrace());
                    counted.escape(thread.getName(), stuck);
                }
            }
            awaitShipped(heaps, counted);
            IntStream.range(0, SLOTS).mapToObj(handedOver::get).forEach(buffer -> {
                if (buffer != null) {
                    buffer.close();
                }
            });
        } finally {
            heaps.close();
        }
        return afterOverdueCalls(heaps);
    }

    /** A shipped plugin that lost its file, or was not read for want of descriptors, is tried again and works in the end. */
    private static void awaitShipped(Heaps heaps, Outcomes counted) {
        long begin = System.nanoTime();
        while (!shippedWithout(heaps).isEmpty() && System.nanoTime() - begin < ENDING.toNanos()) {
            LockSupport.parkNanos(LOOKS.toNanos());
        }
        List<PluginInfo> missing = shippedWithout(heaps);
        if (!missing.isEmpty()) {
            counted.escape("the shipped plugins", new IllegalStateException("do not run in the end: " + missing));
        }
    }

    private static List<PluginInfo> shippedWithout(Heaps heaps) {
        return heaps.plugins().stream()
                .filter(plugin ->
                        plugin.jar().orElseThrow().getFileName().toString().startsWith("heaps-"))
                .filter(plugin -> plugin.state() != PluginInfo.State.STARTED)
                .toList();
    }

    /** Plugins that are late end their calls after {@code close}. */
    private static Usage afterOverdueCalls(Heaps heaps) {
        long begin = System.nanoTime();
        while (!heaps.usage().equals(Usage.NONE) && System.nanoTime() - begin < ENDING.toNanos()) {
            LockSupport.parkNanos(LOOKS.toNanos());
        }
        return heaps.usage();
    }

    private void lookAtProblems(Heaps heaps) {
        var kinds = new TreeMap<Problem.Kind, Integer>();
        for (Problem problem : heaps.problems()) {
            kinds.merge(problem.kind(), 1, Integer::sum);
            messages.putIfAbsent(problem.kind(), problem.subject() + ": " + problem.message());
        }
        kinds.forEach((kind, count) -> problems.merge(kind, count, Math::max));
    }

    private void lookAt(Worker worker, Thread thread) {
        if (!worker.isAllocatingFor(LONG) || standing.size() == MOST_STANDING) {
            return;
        }
        StackTraceElement[] stack = thread.getStackTrace();
        if (worker.isAllocatingFor(LONG)) {
            standing.add(thread.getState() + " "
                    + Arrays.stream(stack).limit(FRAMES).map(String::valueOf).collect(Collectors.joining(" | ")));
        }
    }

    private static List<String> shipped(Heaps heaps) {
        return heaps.heaps().stream()
                .filter(info -> info.plugin().startsWith("heaps-"))
                .map(HeapInfo::name)
                .toList();
    }
}
