package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem.Kind;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.testplugins.PluginJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that vanish or change while their plugins run. */
class RemovalTests {
    private static final AllocationRequest REQUEST = AllocationRequest.of(4096);

    @TempDir
    Path plugins;

    private Installation machine;

    @BeforeEach
    void install() {
        machine = new Installation(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    /** A plugin whose heap needs a class that is loaded when it is first asked for memory. */
    private static PluginJars lazy(String version) {
        return plugin("vendor.a")
                .version(version)
                .source("Late", "class Late { static String text() { return \"%s\"; } }".formatted(version))
                .onStart("""
                        context.register(
                            new io.dmaheap.spi.HeapSpec("lazy", io.dmaheap.Traits.UNKNOWN),
                            request -> { throw new IllegalStateException(Late.text()); });
                        """);
    }

    @Test
    void unloadsAnIdlePluginWhoseJarVanishes() throws IOException {
        Path jar = plugin("vendor.a").writeTo(plugins);
        machine.scan();
        machine.changes.clear();
        Files.delete(jar);

        machine.scan();

        assertThat(machine.host.calls).containsExactly("start vendor.a", "drain vendor.a", "stop vendor.a");
        assertThat(machine.changes).containsExactly("vendor.a DRAINING", "vendor.a STOPPED", "vendor.a UNLOADED");
        assertThat(machine.directory.plugins()).isEmpty();
        assertThat(machine.openJars()).isZero();
    }

    @Test
    void aPluginInUseStaysWholeUntilItsLastBufferIsGone() throws IOException {
        Path jar = lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps heap = machine.host.heap("vendor.a", "lazy");
        machine.host.allocate("vendor.a");
        Files.delete(jar);

        machine.scan();

        assertThat(machine.state("vendor.a")).isEqualTo(State.DRAINING);
        assertThat(machine.openJars()).isEqualTo(1);
        assertThatThrownBy(() -> heap.allocate(REQUEST)).hasMessage("1.0.0");

        machine.host.free("vendor.a");
        machine.scan();
        assertThat(machine.directory.plugins()).isEmpty();
        assertThat(machine.openJars()).isZero();
    }

    @Test
    void unloadsByItselfWhenTheLastBufferIsClosedLater() throws IOException {
        Path jar = plugin("vendor.a").writeTo(plugins);
        machine.scan();
        machine.host.allocate("vendor.a");
        Files.delete(jar);
        machine.scan();

        machine.host.free("vendor.a");

        Awaitility.await().until(() -> machine.changes.contains("vendor.a UNLOADED"));
        assertThat(machine.openJars()).isZero();
    }

    @Test
    void closingTheDirectoryLeavesAPluginInUseUntilItsLastBufferIsGone() {
        lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps heap = machine.host.heap("vendor.a", "lazy");
        machine.host.allocate("vendor.a");

        machine.directory.close();

        assertThat(machine.state("vendor.a")).isEqualTo(State.DRAINING);
        assertThatThrownBy(() -> heap.allocate(REQUEST)).hasMessage("1.0.0");
        machine.host.free("vendor.a");
        Awaitility.await().until(() -> machine.directory.plugins().isEmpty());
        assertThat(machine.host.calls).endsWith("stop vendor.a");
    }

    @Test
    void neverStopsAPluginOnTheThreadThatClosesItsLastBuffer() throws IOException {
        Path jar = plugin("vendor.a").writeTo(plugins);
        machine.scan();
        machine.host.allocate("vendor.a");
        Files.delete(jar);
        machine.scan();

        machine.host.free("vendor.a");

        Awaitility.await().until(() -> machine.directory.plugins().isEmpty());
        assertThat(machine.host.stoppedOn).isNotNull().isNotSameAs(Thread.currentThread());
    }

    @Test
    void replacesAnIdlePluginByAJarRenamedOverIt() {
        lazy("1.0.0").writeTo(plugins);
        machine.scan();

        lazy("2.0.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.plugin("vendor.a").version()).isEqualTo("2.0.0");
        assertThatThrownBy(() -> machine.host.heap("vendor.a", "lazy").allocate(REQUEST))
                .hasMessage("2.0.0");
        assertThat(machine.openJars()).isEqualTo(1);
    }

    @Test
    void theNewJarWaitsUntilTheLastBufferOfTheOldOneIsGone() {
        lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps old = machine.host.heap("vendor.a", "lazy");
        machine.host.allocate("vendor.a");

        lazy("2.0.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.directory.plugins())
                .extracting(info -> info.version() + " " + info.state())
                .containsExactly("1.0.0 DRAINING", "2.0.0 DISCOVERED");
        assertThatThrownBy(() -> old.allocate(REQUEST)).hasMessage("1.0.0");
        assertThat(machine.problems).isEmpty();

        machine.host.free("vendor.a");
        Awaitility.await()
                .until(() -> machine.changes.stream()
                                .filter("vendor.a STARTED"::equals)
                                .count()
                        == 2);
        assertThat(machine.plugin("vendor.a").version()).isEqualTo("2.0.0");
    }

    @Test
    void aJarOverwrittenInPlaceDoesNotBreakTheRunningPlugin() throws IOException {
        Path jar = lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps heap = machine.host.heap("vendor.a", "lazy");

        Files.writeString(jar, "this was a jar", StandardOpenOption.TRUNCATE_EXISTING);

        assertThatThrownBy(() -> heap.allocate(REQUEST)).hasMessage("1.0.0");
    }

    @Test
    void anUpgradeUnderAnotherNameTakesOverWhenTheOldJarIsRemoved() throws IOException {
        Path old = lazy("1.0.0").writeTo(plugins, "vendor-1.jar");
        machine.scan();
        lazy("2.0.0").writeTo(plugins, "vendor-2.jar");
        machine.scan();
        assertThat(machine.problem().kind()).isEqualTo(Kind.DUPLICATE_PLUGIN);

        Files.delete(old);
        machine.scan();

        assertThat(machine.directory.plugins())
                .extracting(PluginInfo::version, PluginInfo::state)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("2.0.0", State.STARTED));
    }

    @Test
    void aJarThatComesBackWhileItDrainsIsLoadedAfterwards() throws IOException {
        Path jar = plugin("vendor.a").writeTo(plugins);
        Path away = plugins.resolve("away");
        machine.scan();
        machine.host.allocate("vendor.a");
        Files.move(jar, away);
        machine.scan();
        Files.move(away, jar);
        machine.scan();
        assertThat(machine.host.calls).containsOnlyOnce("start vendor.a");

        machine.host.free("vendor.a");
        machine.scan();

        assertThat(machine.state("vendor.a")).isEqualTo(State.STARTED);
    }

    @Test
    void aProviderThatIsUsedAfterUnloadingSaysThatItsPluginIsClosed() throws IOException {
        Path jar = lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps heap = machine.host.heap("vendor.a", "lazy");
        Files.delete(jar);
        machine.scan();

        assertThatThrownBy(() -> heap.allocate(REQUEST))
                .isInstanceOf(NoClassDefFoundError.class)
                .hasRootCauseMessage("ModuleReader is closed")
                .cause()
                .hasMessageContaining("vendor.a@1.0.0, which is closed");
    }
}
