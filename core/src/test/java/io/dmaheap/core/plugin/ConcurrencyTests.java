package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scans, removals, replacements and last buffers from several threads at once. */
class ConcurrencyTests {
    private static final int STEPS = 60;

    @TempDir
    Path plugins;

    @TempDir
    Path built;

    @Test
    void scansDrainsAndListsFromManyThreadsEndInWhatTheDirectorySays() throws Exception {
        long seed = Long.getLong("dmaheap.seed", System.nanoTime());
        System.getLogger(getClass().getName()).log(System.Logger.Level.INFO, "-Ddmaheap.seed=" + seed);
        List<Path> jars = List.of(
                plugin("a").writeTo(built),
                plugin("b").writeTo(built),
                plugin("c").writeTo(built));
        var machine = new Installation(plugins);
        try (machine;
                var threads = Executors.newFixedThreadPool(4)) {
            Callable<Void> changing = () -> {
                var random = new Random(seed);
                for (int i = 0; i < STEPS; i++) {
                    Path jar = jars.get(random.nextInt(jars.size()));
                    Path installed = plugins.resolve(jar.getFileName());
                    if (random.nextBoolean()) {
                        Path hidden = plugins.resolve(".new");
                        Files.copy(jar, hidden);
                        Files.move(hidden, installed, StandardCopyOption.ATOMIC_MOVE);
                    } else {
                        Files.deleteIfExists(installed);
                    }
                    machine.scan();
                }
                return null;
            };
            Callable<Void> scanning = () -> {
                for (int i = 0; i < STEPS; i++) {
                    machine.scan();
                }
                return null;
            };
            Callable<Void> listing = () -> {
                for (int i = 0; i < STEPS * 100; i++) {
                    assertThat(machine.directory.plugins()).allMatch(info -> info.state() != State.FAILED);
                }
                return null;
            };
            for (var done : threads.invokeAll(List.of(changing, scanning, listing, scanning), 1, TimeUnit.MINUTES)) {
                done.get(30, TimeUnit.SECONDS);
            }

            jars.forEach(this::copyInto);
            machine.scan();

            assertThat(machine.problems).as("seed %d", seed).isEmpty();
            assertThat(machine.ids()).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(machine.directory.plugins())
                    .extracting(PluginInfo::state)
                    .containsOnly(State.STARTED);
            assertThat(machine.openJars()).isEqualTo(3);
        }
    }

    private void copyInto(Path jar) {
        try {
            Files.copy(jar, plugins.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void lastBuffersOfSeveralPluginsClosedAtOnceWhileScansRunUnloadAll() throws Exception {
        var machine = new Installation(plugins);
        List<String> ids = List.of("a", "b", "c");
        try (machine;
                var threads = Executors.newFixedThreadPool(4)) {
            for (String id : ids) {
                plugin(id).writeTo(plugins);
            }
            machine.scan();
            ids.forEach(machine.host::allocate);
            for (String id : ids) {
                Files.delete(plugins.resolve(id + ".jar"));
            }
            machine.scan();
            assertThat(machine.directory.plugins())
                    .extracting(PluginInfo::state)
                    .containsOnly(State.DRAINING);
            var together = new CountDownLatch(1);
            List<Callable<Void>> tasks = new ArrayList<>();
            ids.forEach(id -> tasks.add(() -> {
                assertThat(together.await(30, TimeUnit.SECONDS)).isTrue();
                machine.host.free(id);
                return null;
            }));
            tasks.add(() -> {
                together.countDown();
                machine.scan();
                return null;
            });

            for (var done : threads.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                done.get(30, TimeUnit.SECONDS);
            }

            await().until(() -> machine.directory.plugins().isEmpty());
            assertThat(machine.host.calls).contains("stop a", "stop b", "stop c");
        }
    }
}
