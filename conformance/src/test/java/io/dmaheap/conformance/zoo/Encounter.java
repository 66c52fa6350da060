package io.dmaheap.conformance.zoo;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
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
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The program that meets one plugin of the zoo: it opens the framework on the emulator with the shipped plugins and this one, uses its
 * heap in every way, uses the shipped heaps, closes everything, and writes what it saw. It ends by halting, so that what it saw does not
 * depend on hooks and threads that the plugin left.
 *
 * <p>The report has a line for each fact, with tabs between its words: see {@link Sighting}.
 */
final class Encounter {
    private static final long SIZE = 8192;

    /** How long a plugin may take to return once it is interrupted. */
    private static final Duration REACTION = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(5);

    private final List<String> report = Collections.synchronizedList(new ArrayList<>());
    /** The problems that there were, also those that ended. */
    private final Set<String> problems = new LinkedHashSet<>();

    private final Duration limit;
    private volatile String use = "none";
    private volatile LongSupplier overdueCalls = () -> 0;

    private Encounter(Duration limit) {
        this.limit = limit;
    }

    /** Arguments: the plugin directory, the limit for calls into plugins in milliseconds, and the file for the report. */
    public static void main(String[] args) throws IOException {
        List<String> report = report(Path.of(args[0]), Duration.ofMillis(Long.parseLong(args[1])));
        Files.write(Path.of(args[2]), report);
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(0);
    }

    /** Meets the plugins of a directory. */
    static List<String> report(Path plugins, Duration limit) {
        var encounter = new Encounter(limit);
        try {
            encounter.meet(plugins);
        } catch (Throwable e) {
            encounter.see("escaped", "", e.toString());
        }
        return encounter.report.stream().map(line -> line.replace("\n", " ")).toList();
    }

    private void meet(Path plugins) throws Exception {
        Path policy = Files.writeString(plugins.resolve("policy"), "limit.plugin.call = " + limit.toMillis() + "ms\n");
        HeapsOptions options =
                HeapsOptions.defaults().withPlugins(plugins).withPolicy(policy).withPlatform("emulator");
        Heaps heaps = timed("open", () -> Heaps.open(options));
        try {
            timed("heaps", heaps::heaps);
            overdueCalls = () -> heaps.usage().overdueCalls();
            Thread visitor = new Thread(() -> visit(heaps), "visitor");
            visitor.setDaemon(true);
            visitor.start();
            // What has a limit is over by then; a caller may wait longer, so what it waits for counts as blocked.
            Duration patience = limit.multipliedBy(2).plusSeconds(5);
            boolean over = visitor.join(patience);
            if (!over) {
                see("blocked", use, "");
            }
            Thread shipped = new Thread(() -> useShipped(heaps), "shipped");
            shipped.setDaemon(true);
            shipped.start();
            if (!shipped.join(patience.multipliedBy(3))) {
                see("escaped", "shipped", "an allocation from a shipped heap did not return");
            }
            timed("heaps", heaps::heaps);
            seeUsage("used", heaps.usage());
            seeProblems(heaps);
        } finally {
            timed("close", () -> {
                heaps.close();
                return "";
            });
        }
        seeUsage("closed", heaps.usage());
        seeProblems(heaps);
    }

    private void seeProblems(Heaps heaps) {
        for (Problem problem : heaps.problems()) {
            if (problems.add(problem.kind() + problem.message())) {
                see("problem", problem.kind() + "\t" + problem.subject(), problem.message());
            }
        }
    }

    private void see(String fact, String what, String text) {
        report.add(fact + "\t" + what + "\t" + text.replace('\t', ' '));
    }

    private void seeUsage(String when, Usage usage) {
        boolean none =
                usage.equals(new Usage(0, 0, 0, 0, 0, 0, 0, usage.quarantined(), 0, usage.overdueCalls(), 0, 0, 0, 0));
        see("usage", when + "\t" + none + "\t" + usage.quarantined() + "\t" + usage.overdueCalls(), usage.toString());
    }

    private <T> T timed(String what, Callable<T> call) throws Exception {
        long begin = System.nanoTime();
        try {
            return call.call();
        } finally {
            see("time", what, String.valueOf((System.nanoTime() - begin) / 1_000_000));
        }
    }

    /** All that a program may do with a heap and a buffer. */
    private void visit(Heaps heaps) {
        use = "find";
        Optional<Heap> found = heaps.find(Specimen.HEAP);
        see("offered", String.valueOf(found.isPresent()), "");
        if (found.isEmpty()) {
            return;
        }
        try (Heap heap = found.get()) {
            use("info", heap::info);
            use("flags", () -> {
                heap.allocate(AllocationRequest.of(SIZE).withHeapFlags(1)).close();
                return "";
            });
            DmaBuf first = use(
                    "allocate", () -> heap.allocate(AllocationRequest.of(SIZE).withName("zoo")));
            if (first != null) {
                use(first);
                use("close", () -> {
                    first.close();
                    return "";
                });
            }
            // What a close did wrong may come out in the next allocation.
            DmaBuf second = use("again", () -> heap.allocate(SIZE));
            if (second != null) {
                use("close", () -> {
                    second.close();
                    return "";
                });
            }
        }
        use = "none";
    }

    private void use(DmaBuf buffer) {
        use("buffer.info", buffer::info);
        use("buffer.name", () -> {
            buffer.setName("renamed");
            return "";
        });
        use("write", () -> {
            try (var access = buffer.write()) {
                access.segment().fill((byte) 7);
            }
            return "";
        });
        use("read", () -> {
            try (var access = buffer.read()) {
                byte seen = access.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, SIZE - 1);
                if (seen != 7) {
                    throw new IllegalStateException("read " + seen + " where 7 was written");
                }
            }
            return "";
        });
        use("awaitIdle", () -> buffer.awaitIdle(Access.WRITE, Duration.ofMillis(100)));
        use("exportFence", () -> {
            try (Fence fence = buffer.exportFence(Access.WRITE)) {
                return fence;
            } catch (HeapException e) {
                if (e.code() == ErrorCode.UNSUPPORTED) {
                    return null; // as on the emulator
                }
                throw e;
            }
        });
        use("accessList", buffer::accessList);
        use("secureHandle", buffer::secureHandle);
        use("exportFd", () -> {
            buffer.exportFd().close();
            return "";
        });
    }

    private <T> T use(String what, Callable<T> call) {
        long begin = System.nanoTime();
        try {
            return useAtOnce(what, call);
        } finally {
            if (System.nanoTime() - begin >= limit.toNanos()) {
                awaitInterrupted();
            }
        }
    }

    /** A call that was over its limit has been interrupted. Whether it heeds that must not be a matter of who is quicker. */
    private void awaitInterrupted() {
        long begin = System.nanoTime();
        while (overdueCalls.getAsLong() != 0 && System.nanoTime() - begin < REACTION.toNanos()) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private <T> T useAtOnce(String what, Callable<T> call) {
        use = what;
        // What a plugin does to the thread of its caller would come out in all later steps.
        boolean interrupted = Thread.interrupted();
        try {
            T answer = call.call();
            interrupted |= Thread.interrupted();
            return answer;
        } catch (HeapException e) {
            see("refused", what + "\t" + e.code(), text(e));
        } catch (Throwable e) {
            see("refused", what + "\t" + e.getClass().getSimpleName(), text(e));
        } finally {
            if (interrupted) {
                see("interrupted", what, "");
            }
        }
        return null;
    }

    private static String text(Throwable e) {
        try {
            return String.valueOf(e.getMessage());
        } catch (Throwable mute) {
            return "a throwable that cannot be asked for its text";
        }
    }

    private void useShipped(Heaps heaps) {
        List<HeapInfo> infos = heaps.heaps();
        for (PluginInfo plugin : heaps.plugins()) {
            if (!plugin.id().startsWith("heaps-")) {
                continue;
            }
            for (HeapInfo info : infos) {
                if (info.plugin().equals(plugin.id())) {
                    try (Heap heap = heaps.find(info.name()).orElseThrow();
                            DmaBuf buffer = heap.allocate(SIZE)) {
                        see("shipped", plugin.id() + "\t" + info.name(), buffer.size() == SIZE ? "works" : "size");
                    } catch (RuntimeException | Error e) {
                        see("shipped", plugin.id() + "\t" + info.name(), e.toString());
                    }
                }
            }
        }
    }
}
