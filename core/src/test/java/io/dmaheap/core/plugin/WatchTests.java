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
import io.dmaheap.core.policy.PluginRules;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
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

    /** A machine under load takes its time, and these wait for the clock as well. */
    @BeforeAll
    static void bePatient() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

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
                        "start vendor.a",
                        "drain vendor.a",
                        "stop vendor.a",
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
        try (var directory =
                new PluginDirectory(plugins.resolve("nowhere"), machine.host, PluginRules.NONE, Set.of(), machine)) {
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
        assertThat(machine.present).as("the problem ended").isEmpty();
    }

    @Test
    void noticesAJarWhileALogIsWrittenBesideIt() throws Exception {
        machine.directory.watch();
        var stop = new CountDownLatch(1);
        var logging = new FutureTask<Void>(() -> {
            while (!stop.await(50, TimeUnit.MILLISECONDS)) {
                Files.writeString(
                        plugins.resolve("plugins.log"),
                        "a line\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            return null;
        });
        Thread.ofPlatform().start(logging);
        try {
            plugin("vendor.a").writeTo(plugins);
            await().until(() -> shown().equals("1.0.0 STARTED"));
        } finally {
            stop.countDown();
            logging.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void followsAnotherDirectoryOfTheSameName() throws IOException {
        plugin("vendor.a").writeTo(plugins);
        Path jar = plugin("vendor.b").version("2.0.0").writeTo(built);
        machine.directory.watch();

        Files.move(plugins, plugins.resolveSibling(plugins.getFileName() + "-old"));
        Files.createDirectory(plugins);
        Files.copy(jar, plugins.resolve("vendor.b.jar"));

        await().until(() -> shown().equals("2.0.0 STARTED"));
        await().until(() -> machine.present.isEmpty());
    }

    @Test
    void aProblemOfAJarThatIsCopiedSlowlyEndsWhenItIsWhole() throws IOException {
        byte[] bytes = Files.readAllBytes(plugin("vendor.a").writeTo(built));
        Path jar = plugins.resolve("vendor.a.jar");
        machine.directory.watch();

        for (int part = 1; part <= 3; part++) {
            Files.write(jar, Arrays.copyOf(bytes, bytes.length * part / 4));
            await().until(() -> machine.directory.plugins().stream().anyMatch(info -> info.state() == State.FAILED));
            assertThat(machine.present).as("after part %d", part).hasSize(1);
        }
        Files.write(jar, bytes);

        await().until(() -> shown().equals("1.0.0 STARTED"));
        assertThat(machine.present).isEmpty();
    }

    @Test
    void aJarThatIsALinkIsReplacedWhenItsTargetIs() throws IOException {
        Path first = plugin("vendor.a").version("1.0.0").writeTo(built, "current.jar");
        Files.createSymbolicLink(plugins.resolve("vendor.a.jar"), first);
        machine.directory.watch();
        assertThat(shown()).isEqualTo("1.0.0 STARTED");

        plugin("vendor.a").version("2.0.0").writeTo(built, "current.jar");

        await().until(() -> shown().equals("2.0.0 STARTED"));
    }

    @Test
    void aJarIsTriedAgainWhenThereIsRoomForItsCopy() throws IOException {
        machine.directory.watch();
        Files.delete(machine.temporary);

        plugin("vendor.a").writeTo(plugins);
        await().until(() -> shown().equals(" FAILED"));
        assertThat(machine.present).extracting(Problem::kind).containsExactly(Problem.Kind.NO_WORKING_COPY);
        assertThat(machine.present.getFirst().message()).contains(machine.temporary.toString());

        Files.createDirectory(machine.temporary);
        await().until(() -> shown().equals("1.0.0 STARTED"));
        assertThat(machine.present).isEmpty();
        assertThat(machine.problems).as("told once").hasSize(1);
    }

    @Test
    void pluginsOutliveACleanerOfTemporaryFiles() throws IOException {
        var base = plugin("vendor.base").directive("exports vendor.base;");
        Path jar = base.writeTo(plugins);
        plugin("vendor.user").dependsOn(base, jar).writeTo(plugins);
        machine.directory.watch();
        assertThat(shown()).isEqualTo("1.0.0 STARTED,1.0.0 STARTED");

        machine.cleanTemporary();
        plugin("vendor.late").writeTo(plugins);
        await().until(() -> shown().equals("1.0.0 STARTED,1.0.0 STARTED,1.0.0 STARTED"));

        machine.cleanTemporary();
        plugin("vendor.base").directive("exports vendor.base;").version("1.1.0").writeTo(plugins);
        await().until(() ->
                machine.host.calls.stream().filter("start vendor.user"::equals).count() == 2);
        await().until(() -> machine.directory.plugins().stream().allMatch(info -> info.state() == State.STARTED));
        assertThat(machine.plugin("vendor.base").version()).isEqualTo("1.1.0");
        assertThat(machine.present).isEmpty();
    }
}
