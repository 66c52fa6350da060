package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static io.dmaheap.testplugins.PluginJars.registerHeap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Problem;
import io.dmaheap.Problem.Kind;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.testplugins.PluginJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A jar that is replaced: the new version starts beside the old one, which stays if that fails. */
class UpgradeTests {
    private static final AllocationRequest REQUEST = AllocationRequest.of(4096);

    @TempDir
    static Path elsewhere;

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

    private List<String> versions() {
        return machine.directory.plugins().stream()
                .map(info -> info.id() + " " + info.version() + " " + info.state())
                .sorted()
                .toList();
    }

    @Test
    void theNewVersionStartsBeforeTheOldOneDrains() {
        lazy("1.0.0").writeTo(plugins);
        machine.scan();
        machine.changes.clear();

        lazy("2.0.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.host.calls)
                .containsExactly("start vendor.a", "start vendor.a", "drain vendor.a", "stop vendor.a");
        assertThat(machine.changes)
                .containsExactly(
                        "vendor.a DISCOVERED",
                        "vendor.a RESOLVED",
                        "vendor.a STARTED",
                        "vendor.a DRAINING",
                        "vendor.a STOPPED",
                        "vendor.a UNLOADED");
        assertThat(versions()).containsExactly("vendor.a 2.0.0 STARTED");
        assertThatThrownBy(() -> machine.host.heap("vendor.a", "lazy").allocate(REQUEST))
                .hasMessage("2.0.0");
        assertThat(machine.openJars()).isEqualTo(1);
        assertThat(machine.problems).isEmpty();
    }

    @Test
    void theNewVersionServesWhileTheOldOneWaitsForItsLastBuffer() {
        lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps old = machine.host.heap("vendor.a", "lazy");
        machine.host.allocate("vendor.a");

        lazy("2.0.0").writeTo(plugins);
        machine.scan();

        assertThat(versions()).containsExactly("vendor.a 1.0.0 DRAINING", "vendor.a 2.0.0 STARTED");
        assertThatThrownBy(() -> old.allocate(REQUEST)).hasMessage("1.0.0");
        assertThatThrownBy(() -> machine.host.heap("vendor.a", "lazy").allocate(REQUEST))
                .hasMessage("2.0.0");

        machine.host.free("vendor.a");
        Awaitility.await().until(() -> versions().equals(List.of("vendor.a 2.0.0 STARTED")));
        assertThat(machine.host.calls).endsWith("stop vendor.a");
        assertThat(machine.openJars()).isEqualTo(1);
    }

    private enum Bad {
        THROWS(Kind.PLUGIN_THREW) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").version("2.0.0").onStart("throw new RuntimeException(\"not today\");");
            }
        },
        CONSTRUCTOR(Kind.PLUGIN_THREW) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").version("2.0.0").onConstruct("if (true) throw new Error(\"not today\");");
            }
        },
        OTHER_API(Kind.INCOMPATIBLE_API) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").version("2.0.0").requires(">=9.0.0");
            }
        },
        UNRESOLVABLE(Kind.UNRESOLVABLE_MODULE) {
            @Override
            PluginJars jar() {
                var absent = plugin("vendor.nowhere");
                return plugin("vendor.a")
                        .version("2.0.0")
                        .dependsOn(absent, absent.writeTo(elsewhere))
                        .without("Plugin-Dependencies");
            }
        },
        WITHOUT_DEPENDENCY(Kind.MISSING_DEPENDENCY) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").version("2.0.0").attribute("Plugin-Dependencies", "nowhere");
            }
        },
        NATIVE(Kind.NATIVE_ACCESS_DENIED) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").version("2.0.0").attribute("Heap-Native-Access", "required");
            }
        },
        WITHOUT_ID(Kind.BAD_MANIFEST) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").without("Plugin-Id");
            }
        },
        WITHOUT_PROVIDER(Kind.NO_PROVIDER) {
            @Override
            PluginJars jar() {
                return plugin("vendor.a").version("2.0.0").withoutProvider();
            }
        };

        private final Kind kind;

        Bad(Kind kind) {
            this.kind = kind;
        }

        abstract PluginJars jar();
    }

    @ParameterizedTest
    @EnumSource
    void theOldVersionNeverStopsIfTheNewOneDoesNotStart(Bad bad) throws IOException {
        lazy("1.0.0").writeTo(plugins);
        machine.scan();
        HeapOps heap = machine.host.heap("vendor.a", "lazy");

        Path jar = bad.jar().writeTo(plugins);
        machine.scan();
        machine.scan();

        assertThat(machine.problem().kind()).isEqualTo(bad.kind);
        assertThat(machine.host.calls).doesNotContain("drain vendor.a", "stop vendor.a");
        assertThat(versions()).hasSize(2).contains("vendor.a 1.0.0 STARTED").anyMatch(line -> line.endsWith("FAILED"));
        assertThatThrownBy(() -> heap.allocate(REQUEST)).hasMessage("1.0.0");
        assertThat(machine.openJars()).isEqualTo(1);

        lazy("2.1.0").writeTo(plugins);
        machine.scan();
        assertThat(versions()).containsExactly("vendor.a 2.1.0 STARTED");
        assertThat(machine.problems).hasSize(1);

        Files.delete(jar);
        machine.scan();
        assertThat(machine.directory.plugins()).isEmpty();
        assertThat(machine.host.calls).endsWith("drain vendor.a", "stop vendor.a");
    }

    @Test
    void garbageInPlaceOfTheJarDoesNotStopWhatRuns() throws IOException {
        Path jar = lazy("1.0.0").writeTo(plugins);
        machine.scan();
        Files.writeString(jar, "this was a jar");

        machine.scan();

        assertThat(machine.problem().kind()).isEqualTo(Kind.CORRUPT_JAR);
        assertThatThrownBy(() -> machine.host.heap("vendor.a", "lazy").allocate(REQUEST))
                .hasMessage("1.0.0");
        assertThat(machine.host.calls).containsExactly("start vendor.a");

        Files.delete(jar);
        machine.scan();
        assertThat(machine.directory.plugins()).isEmpty();
    }

    @Test
    void anotherPluginInPlaceOfTheJarIsNoNewVersion() {
        lazy("1.0.0").writeTo(plugins, "heap.jar");
        machine.scan();

        plugin("other").onStart("throw new RuntimeException();").writeTo(plugins, "heap.jar");
        machine.scan();

        assertThat(machine.host.calls).contains("stop vendor.a");
        assertThat(machine.ids()).containsExactly("other");
    }

    @Test
    void aNewVersionUnderAnotherNameTakesOverIfTheOldJarGoesMeanwhile() throws IOException {
        Path old = lazy("1.0.0").writeTo(plugins, "vendor-1.jar");
        machine.scan();
        machine.host.allocate("vendor.a");
        lazy("2.0.0").writeTo(plugins, "vendor-2.jar");
        Files.delete(old);

        machine.scan();

        assertThat(machine.host.calls).containsExactly("start vendor.a", "start vendor.a", "drain vendor.a");
        assertThat(versions()).containsExactly("vendor.a 1.0.0 DRAINING", "vendor.a 2.0.0 STARTED");
        machine.host.free("vendor.a");
    }

    @Test
    void aPluginThatComesBackWhileItDrainsIsStartedAtOnce() throws IOException {
        Path jar = lazy("1.0.0").writeTo(plugins);
        Path away = plugins.resolve("away");
        machine.scan();
        machine.host.allocate("vendor.a");
        Files.move(jar, away);
        machine.scan();

        Files.move(away, jar);
        machine.scan();

        assertThat(versions()).containsExactly("vendor.a 1.0.0 DRAINING", "vendor.a 1.0.0 STARTED");
        machine.host.free("vendor.a");
        machine.scan();
        assertThat(versions()).containsExactly("vendor.a 1.0.0 STARTED");
    }

    @Test
    void aDowngradeIsDoneAndTold() {
        lazy("2.0.0").writeTo(plugins);
        machine.scan();

        lazy("1.9.0").writeTo(plugins);
        machine.scan();

        assertThat(versions()).containsExactly("vendor.a 1.9.0 STARTED");
        assertThat(machine.problem().kind()).isEqualTo(Kind.DOWNGRADED);
        assertThat(machine.problem())
                .hasToString("vendor.a: 1.9.0 has replaced the newer 2.0.0. If that was not meant,"
                        + " install 2.0.0 again");

        lazy("2.0.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.present).isEmpty();
    }

    @Test
    void theReportOfADowngradeEndsWhenTheOlderVersionIsGone() throws IOException {
        lazy("2.0.0").writeTo(plugins);
        machine.scan();
        Path jar = lazy("1.9.0").writeTo(plugins);
        machine.scan();
        assertThat(machine.present).extracting(Problem::kind).containsExactly(Kind.DOWNGRADED);

        Files.delete(jar);
        machine.scan();

        assertThat(machine.present).isEmpty();
        assertThat(versions()).isEmpty();
    }

    private static PluginJars base(String version) {
        return plugin("z.base")
                .version(version)
                .directive("exports z.base;")
                .source(
                        "Shared",
                        "public class Shared { public static String name() { return \"%s\"; } }".formatted(version));
    }

    @Test
    void whatDependsOnAReplacedPluginIsStartedWithTheNewOneBesideTheOld() throws IOException {
        Path jar = base("1.0.0").writeTo(plugins);
        plugin("a.user")
                .dependsOn(base("1.0.0"), jar)
                .onStart(registerHeap("\"with-\" + z.base.Shared.name()"))
                .writeTo(plugins);
        machine.scan();
        machine.host.allocate("a.user");
        machine.host.calls.clear();

        base("1.1.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.host.calls).containsExactly("start z.base", "drain z.base", "start a.user", "drain a.user");
        assertThat(machine.problems).isEmpty();
        assertThat(versions())
                .containsExactly(
                        "a.user 1.0.0 DRAINING",
                        "a.user 1.0.0 STARTED",
                        "z.base 1.0.0 DRAINING",
                        "z.base 1.1.0 STARTED");

        machine.host.free("a.user");
        machine.scan();
        assertThat(versions()).containsExactly("a.user 1.0.0 STARTED", "z.base 1.1.0 STARTED");
        assertThat(machine.plugin("a.user").heaps()).containsExactly("with-1.1.0");
    }

    @Test
    void whatArrivesBesideANewVersionAndNeedsItThroughAnotherPluginIsStartedWithIt() {
        Path jar = base("1.0.0").writeTo(plugins);
        PluginJars middle = plugin("m.middle")
                .dependsOn(base("1.0.0"), jar)
                .directive("exports m.middle;")
                .source(
                        "Middle",
                        "public class Middle { public static String name() { return z.base.Shared.name(); } }");
        Path between = middle.writeTo(plugins);
        machine.scan();

        plugin("a.user")
                .dependsOn(middle, between)
                .onStart(registerHeap("\"through-\" + m.middle.Middle.name()"))
                .writeTo(plugins);
        base("1.1.0").writeTo(plugins);
        machine.scan();

        assertThat(machine.problems).isEmpty();
        assertThat(versions())
                .containsExactly("a.user 1.0.0 STARTED", "m.middle 1.0.0 STARTED", "z.base 1.1.0 STARTED");
        assertThat(machine.plugin("a.user").heaps()).containsExactly("through-1.1.0");
    }

    @Test
    void whatDoesNotWorkWithTheNewVersionStaysWithTheOldOne() throws IOException {
        Path jar = base("1.0.0").writeTo(plugins);
        Path user = plugin("a.user")
                .dependsOn(base("1.0.0"), jar)
                .attribute("Plugin-Dependencies", "z.base@<2.0.0")
                .onStart(registerHeap("\"with-\" + z.base.Shared.name()"))
                .writeTo(plugins);
        machine.scan();

        base("2.0.0").writeTo(plugins);
        machine.scan();
        machine.scan();

        assertThat(machine.problem().kind()).isEqualTo(Kind.MISSING_DEPENDENCY);
        assertThat(versions())
                .containsExactly(
                        "a.user 1.0.0 FAILED", "a.user 1.0.0 STARTED", "z.base 1.0.0 DRAINING", "z.base 2.0.0 STARTED");
        assertThat(machine.host.calls).doesNotContain("drain a.user");

        Files.delete(user);
        machine.scan();
        assertThat(versions()).containsExactly("z.base 2.0.0 STARTED");
    }
}
