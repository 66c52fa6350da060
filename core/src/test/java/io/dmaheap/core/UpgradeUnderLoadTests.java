package io.dmaheap.core;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.PlatformInfo;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.testplugins.PluginJars;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs allocate from a heap, by name and by handle, while its plugin is replaced. */
@Timeout(300)
class UpgradeUnderLoadTests {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path plugins;

    private final FakePlatform platform = new FakePlatform();

    private static PluginJars version(String version, String before) {
        return plugin("vendor.a").version(version).source("Bytes", """
                        record Bytes(long size) implements io.dmaheap.spi.Memory {
                            @Override public void release() { }
                        }
                        """).onStart(before + """
                        context.register(
                            new io.dmaheap.spi.HeapSpec("frames", io.dmaheap.Traits.SYSTEM),
                            request -> new Bytes(request.size()));
                        """);
    }

    private static List<String> states(Heaps heaps) {
        return heaps.plugins().stream()
                .filter(info -> info.state() != PluginInfo.State.DRAINING)
                .map(info -> info.version() + " " + info.state())
                .sorted()
                .toList();
    }

    private static void awaitStates(Heaps heaps, String... states) {
        await().atMost(PATIENCE).until(() -> states(heaps).equals(List.of(states)));
    }

    /** Each round after another, until told to stop; gives the failures. */
    private static Callable<List<Throwable>> repeatedly(AtomicBoolean stop, AtomicLong rounds, Callable<Void> round) {
        return () -> {
            List<Throwable> failures = new ArrayList<>();
            while (!stop.get() && failures.size() < 10) {
                try {
                    round.call();
                } catch (Exception e) {
                    failures.add(e);
                }
                rounds.incrementAndGet();
            }
            return failures;
        };
    }

    @Test
    void nothingFailsWhileGoodAndBadVersionsReplaceEachOther() throws Exception {
        version("1.0.0", "").writeTo(plugins);
        var heaps = new OpenHeaps(
                HeapsOptions.defaults().withPlugins(plugins).withPluginsWatched(),
                TestHeaps.policy(),
                new PlatformInfo(platform.name(), "made for a test"),
                platform,
                List.of());
        var stop = new AtomicBoolean();
        var rounds = new AtomicLong();
        try (heaps;
                var threads = Executors.newFixedThreadPool(3);
                Heap kept = heaps.find("frames").orElseThrow()) {
            List<Future<List<Throwable>>> programs = new ArrayList<>();
            try (DmaBuf old = kept.allocate(4096)) {
                for (int i = 0; i < 2; i++) {
                    programs.add(threads.submit(repeatedly(stop, rounds, () -> {
                        try (Heap heap = heaps.find("frames").orElseThrow();
                                DmaBuf buffer = heap.allocate(4096)) {
                            assertThat(buffer.size()).isEqualTo(4096);
                        }
                        return null;
                    })));
                }
                programs.add(threads.submit(repeatedly(stop, rounds, () -> {
                    kept.allocate(4096).close();
                    return null;
                })));
                version("1.1.0", "").writeTo(plugins);
                awaitStates(heaps, "1.1.0 STARTED");
                version("1.2.0", "if (true) throw new IllegalStateException(\"not today\");\n")
                        .writeTo(plugins);
                awaitStates(heaps, "1.1.0 STARTED", "1.2.0 FAILED");
                awaitProblem(heaps, Problem.Kind.PLUGIN_THREW);
                version("1.3.0", "").writeTo(plugins);
                awaitStates(heaps, "1.3.0 STARTED");
                assertThat(heaps.plugins())
                        .extracting(PluginInfo::version)
                        .as("the first version has a buffer")
                        .contains("1.0.0");
            }
            // The handle has moved on, so that it does not keep the first version.
            awaitGone(heaps, "1.0.0");
            long before = rounds.get();
            await().atMost(PATIENCE).until(() -> rounds.get() > before + 100);
            stop.set(true);
            for (Future<List<Throwable>> program : programs) {
                assertThat(program.get(1, TimeUnit.MINUTES)).isEmpty();
            }
            assertThat(heaps.problems()).isEmpty();
            kept.allocate(4096).close();
            awaitGone(heaps, "1.1.0");
        } finally {
            stop.set(true);
        }
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        platform.assertNothingHeld();
    }

    @Test
    void aNewVersionThatDoesNotReturnFromItsStartStopsNeitherTheOldOneNorAnotherPlugin() {
        version("1.0.0", "").writeTo(plugins);
        try (var heaps = new OpenHeaps(
                HeapsOptions.defaults().withPlugins(plugins).withPluginsWatched(),
                TestHeaps.policy("limit.plugin.call = 3s"),
                new PlatformInfo(platform.name(), "made for a test"),
                platform,
                List.of())) {
            version("1.1.0", """
                    try {
                        new java.util.concurrent.CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    """).writeTo(plugins);
            plugin("vendor.b").onStart(PluginJars.registerHeap("\"other\"")).writeTo(plugins);

            awaitStates(heaps, "1.0.0 STARTED", "1.0.0 STARTED", "1.1.0 FAILED");

            awaitProblem(heaps, Problem.Kind.PLUGIN_OVERDUE);
            heaps.find("other").orElseThrow().close();
            try (Heap heap = heaps.find("frames").orElseThrow()) {
                heap.allocate(4096).close();
            }

            version("1.2.0", "").writeTo(plugins);
            awaitStates(heaps, "1.0.0 STARTED", "1.2.0 STARTED");
            assertThat(heaps.problems()).isEmpty();
        }
        platform.assertNothingHeld();
    }

    /** Told after the state is to be seen. */
    private static void awaitProblem(Heaps heaps, Problem.Kind kind) {
        await().atMost(PATIENCE)
                .until(() ->
                        heaps.problems().stream().map(Problem::kind).toList().equals(List.of(kind)));
    }

    private static void awaitGone(Heaps heaps, String version) {
        await().atMost(PATIENCE)
                .until(() -> heaps.plugins().stream()
                        .noneMatch(info -> info.version().equals(version)));
    }
}
