package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static io.dmaheap.testplugins.PluginJars.registerHeap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.core.policy.PluginRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sound plugin goes through, and what is seen of it. */
class PluginDirectoryTests {
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

    @Test
    void startsTheProviderOfAModuleFromAPackageThatIsNotExported() {
        plugin("vendor.a").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.changes).containsExactly("vendor.a DISCOVERED", "vendor.a RESOLVED", "vendor.a STARTED");
        assertThat(machine.plugin("vendor.a").heaps()).containsExactly("vendor.a");
        Module module = machine.host.provider("vendor.a").getClass().getModule();
        assertThat(module.getName()).isEqualTo("vendor.a");
        assertThat(module.isExported("vendor.a")).isFalse();
    }

    @Test
    void startsTheProviderOfAPlainJar() {
        plugin("vendor.plain").plain().writeTo(plugins, "vendor-plain-1.0.jar");

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.plugin("vendor.plain").heaps()).containsExactly("vendor.plain");
        assertThat(machine.host.provider("vendor.plain").getClass().getModule().getName())
                .isEqualTo("vendor.plain");
    }

    @Test
    void startsOnlyTheProvidersOfTheJarWhenTheProviderMethodReturnsTheInterface() {
        plugin("vendor.method")
                .withoutProvider()
                .directive("provides io.dmaheap.spi.HeapProvider with vendor.method.Maker;")
                .source("Maker", """
                        public class Maker {
                            public static io.dmaheap.spi.HeapProvider provider() {
                                return context -> { %s };
                            }
                        }
                        """.formatted(registerHeap("\"made\"")))
                .writeTo(plugins);
        plugin("vendor.other").writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(machine.plugin("vendor.method").heaps()).containsExactly("made");
    }

    @Test
    void showsWhatTheManifestSays() {
        Path jar = plugin("vendor.a")
                .version("2.3.4")
                .attribute("Plugin-Description", "Heaps of vendor A")
                .attribute("Plugin-Provider", "Vendor A")
                .requires(">=0.1.0 & <1.0.0")
                .writeTo(plugins);

        machine.scan();

        var info = machine.plugin("vendor.a");
        assertThat(info.version()).isEqualTo("2.3.4");
        assertThat(info.description()).isEqualTo("Heaps of vendor A");
        assertThat(info.vendor()).isEqualTo("Vendor A");
        assertThat(info.jar()).contains(jar);
        assertThat(info.state()).isEqualTo(State.STARTED);
        assertThat(info.problem()).isEmpty();
    }

    @Test
    void namesTheLoaderAfterIdAndVersionForStackTraces() {
        plugin("vendor.a").version("2.3.4").writeTo(plugins);

        machine.scan();

        assertThat(machine.host.provider("vendor.a").getClass().getClassLoader().getName())
                .isEqualTo("vendor.a@2.3.4");
    }

    @Test
    void makesAndStartsProvidersWithTheirOwnContextLoader() {
        plugin("vendor.a")
                .source("Seen", "class Seen { static ClassLoader loader; }")
                .onConstruct("Seen.loader = Thread.currentThread().getContextClassLoader();")
                .onStart(registerHeap("String.valueOf(Seen.loader == getClass().getClassLoader())"))
                .writeTo(plugins);

        machine.scan();

        assertThat(machine.plugin("vendor.a").heaps()).containsExactly("true");
    }

    @Test
    void hidesTheClassPathOfTheApplication() throws Exception {
        String onClassPath = "org.awaitility.Awaitility";
        assertThat(Class.forName(onClassPath).getModule().isNamed()).isFalse();
        plugin("vendor.a")
                .onStart("""
                        String name = "seen";
                        try {
                            Class.forName("%s");
                        } catch (ClassNotFoundException e) {
                            name = "hidden";
                        }
                        """.formatted(onClassPath) + registerHeap("name"))
                .writeTo(plugins);

        machine.scan();

        assertThat(machine.plugin("vendor.a").heaps()).containsExactly("hidden");
    }

    @Test
    void ignoresFilesThatAreNoJarsAndThoseThatAreHidden() throws Exception {
        Files.writeString(plugins.resolve("README"), "no plugin");
        Files.writeString(plugins.resolve(".upload.jar"), "half a plu");

        machine.scan();

        assertThat(machine.directory.plugins()).isEmpty();
        assertThat(machine.problems).isEmpty();
    }

    @Test
    void scanningTwiceStartsNothingTwice() {
        plugin("vendor.a").writeTo(plugins);

        machine.scan();
        machine.scan();

        assertThat(machine.host.calls).containsExactly("start vendor.a");
    }

    @Test
    void refusesADirectoryThatIsNotThereAndKeepsWhatRuns() throws Exception {
        Path jar = plugin("vendor.a").writeTo(plugins);
        machine.scan();
        Files.move(jar, plugins.resolveSibling("kept.jar"));
        Files.delete(plugins);

        assertThatThrownBy(machine::scan)
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining(plugins.toString());

        assertThat(machine.state("vendor.a")).isEqualTo(State.STARTED);
        Files.createDirectory(plugins);
        Files.delete(plugins.resolveSibling("kept.jar"));
    }

    @Test
    void closingStopsAllAndDeletesTheWorkingCopies() {
        plugin("vendor.a").writeTo(plugins);
        plugin("vendor.b").writeTo(plugins);
        machine.scan();

        machine.directory.close();
        machine.directory.close();

        assertThat(machine.host.calls).contains("stop vendor.a", "stop vendor.b");
        assertThat(machine.directory.plugins()).isEmpty();
        assertThat(machine.workingCopies()).isEmpty();
        assertThatThrownBy(machine::scan).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(machine.directory::watch).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListenerThatCallsBackIsRefusedOrNotWaitedForSinceThatWouldBeForItself() {
        plugin("vendor.a").writeTo(plugins);
        var refusals = new ArrayList<Throwable>();
        var meddling = new AtomicReference<PluginDirectory>();
        PluginListener listener = new PluginListener() {
            @Override
            public void changed(PluginInfo plugin) {
                refusals.add(catchThrowable(meddling.get()::scan));
                refusals.add(catchThrowable(meddling.get()::watch));
                meddling.get().close();
            }

            @Override
            public void problem(Problem problem) {}
        };
        try (var directory = new PluginDirectory(plugins, machine.host, PluginRules.NONE, Set.of(), listener)) {
            meddling.set(directory);
            directory.scan();
        }

        assertThat(machine.host.calls).contains("stop vendor.a");
        assertThat(refusals).isNotEmpty().allSatisfy(e -> assertThat(e).isInstanceOf(IllegalStateException.class));
    }
}
