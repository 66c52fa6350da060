package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.PluginInfo.State;
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
    void aJarOverwrittenInPlaceDoesNotBreakTheRunningPlugin() throws IOException {
        Path jar = lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps heap = machine.host.heap("vendor.a", "lazy");

        Files.writeString(jar, "this was a jar", StandardOpenOption.TRUNCATE_EXISTING);

        assertThatThrownBy(() -> heap.allocate(REQUEST)).hasMessage("1.0.0");
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
