package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory is watched: nobody calls scan here. */
class WatchTests {
    @TempDir
    Path plugins;

    @TempDir
    Path built;

    private Installation machine;

    @BeforeEach
    void install() {
        machine = new Installation(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("dmaheap-plugin-watch");
    }

    @Test
    void startsWhatIsThereWhenTheWatchBegins() {
        plugin("vendor.a").writeTo(plugins);

        machine.directory.watch();

        assertThat(machine.state("vendor.a")).isEqualTo(State.STARTED);
    }

    @Test
    void startsReplacesAndRemovesWhatIsDroppedIn() throws IOException {
        machine.directory.watch();
        machine.directory.watch();

        Path jar = plugin("vendor.a").version("1.0.0").writeTo(plugins);
        await().until(() -> shown().equals("1.0.0 STARTED"));

        plugin("vendor.a").version("2.0.0").writeTo(plugins);
        await().until(() -> shown().equals("2.0.0 STARTED"));

        Files.delete(jar);
        await().until(() -> shown().isEmpty());
        assertThat(machine.problems).isEmpty();
        assertThat(machine.host.calls)
                .containsExactly(
                        "start vendor.a",
                        "drain vendor.a",
                        "stop vendor.a",
                        "start vendor.a",
                        "drain vendor.a",
                        "stop vendor.a");
    }

    private String shown() {
        return String.join(
                ",",
                machine.directory.plugins().stream()
                        .map(info -> info.version() + " " + info.state())
                        .toList());
    }

    @Test
    void startsAJarThatWasWrittenInPiecesAndInPlace() throws IOException {
        byte[] bytes = Files.readAllBytes(plugin("vendor.a").writeTo(built));
        machine.directory.watch();

        try (OutputStream out = Files.newOutputStream(plugins.resolve("vendor.a.jar"))) {
            for (int i = 0; i < bytes.length; i++) {
                out.write(bytes[i]);
            }
        }

        await().until(() ->
                machine.directory.plugins().stream().map(PluginInfo::state).anyMatch(State.STARTED::equals));
    }

    @Test
    void refusesToWatchADirectoryThatIsNotThere() {
        try (var directory = new PluginDirectory(plugins.resolve("nowhere"), machine.host, id -> false, machine)) {
            assertThatThrownBy(directory::watch)
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                    .hasMessageContaining("nowhere");
        }
    }

    @Test
    void keepsThePluginsWhileTheDirectoryIsAwayAndFollowsTheNextOne() throws IOException {
        plugin("vendor.a").writeTo(plugins);
        machine.directory.watch();
        Path away = plugins.resolveSibling(plugins.getFileName() + "-away");

        Files.move(plugins, away);
        Files.createFile(away.resolve("event.txt"));

        await().until(() -> !machine.problems.isEmpty());
        assertThat(machine.problem().kind()).isEqualTo(Problem.Kind.DIRECTORY_OUT_OF_REACH);
        assertThat(machine.problem().message()).contains(plugins.toString(), "there is none");
        assertThat(machine.state("vendor.a")).isEqualTo(State.STARTED);

        Files.createDirectory(plugins);
        Files.move(away.resolve("vendor.a.jar"), plugins.resolve("vendor.a.jar"));
        plugin("vendor.b").writeTo(plugins);
        await().until(() -> shown().equals("1.0.0 STARTED,1.0.0 STARTED"));

        Files.delete(plugins.resolve("vendor.b.jar"));
        await().until(() -> shown().equals("1.0.0 STARTED"));
        assertThat(machine.problems).hasSize(1);
    }
}
