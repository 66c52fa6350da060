package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes and resources of a plugin, seen from inside and outside. */
class JarLoaderTests {
    private static final byte[] TEXT = "text".getBytes(StandardCharsets.UTF_8);

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

    private ClassLoader loaderOf(String id) {
        return machine.host.provider(id).getClass().getClassLoader();
    }

    private static String read(InputStream stream) throws IOException {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aPluginReadsItsOwnResources() {
        plugin("vendor.a").entry("vendor/a/table.txt", TEXT).onConstruct("""
                        try (var in = Provider.class.getResourceAsStream("table.txt")) {
                            if (!new String(in.readAllBytes()).equals("text")) throw new AssertionError();
                        } catch (java.io.IOException e) {
                            throw new AssertionError(e);
                        }
                        """).writeTo(plugins);

        machine.scan();

        assertThat(machine.problems).isEmpty();
    }

    @Test
    void resourcesOfAClosedPackageAreHiddenFromOthers() {
        plugin("vendor.a").entry("vendor/a/table.txt", TEXT).writeTo(plugins);
        machine.scan();

        assertThat(loaderOf("vendor.a").getResource("vendor/a/table.txt")).isNull();
        assertThat(machine.host.provider("vendor.a").getClass().getResource("table.txt"))
                .isNull();
    }

    @Test
    void resourcesOfAnOpenPackageAndOutsideOfPackagesAreSeenByAll() throws IOException {
        plugin("vendor.a")
                .directive("opens vendor.a;")
                .entry("vendor/a/table.txt", TEXT)
                .entry("META-INF/notice.txt", TEXT)
                .writeTo(plugins);
        machine.scan();
        ClassLoader loader = loaderOf("vendor.a");

        assertThat(read(loader.getResourceAsStream("vendor/a/table.txt"))).isEqualTo("text");
        assertThat(read(loader.getResourceAsStream("META-INF/notice.txt"))).isEqualTo("text");
        assertThat(Collections.list(loader.getResources("META-INF/notice.txt"))).hasSize(1);
        assertThat(loader.getResource("META-INF/nothing.txt")).isNull();
    }

    @Test
    void readingAResourceThroughItsUrlLeavesNoJarOpen() throws IOException {
        Path jar = plugin("vendor.a").entry("META-INF/notice.txt", TEXT).writeTo(plugins);
        machine.scan();
        var url = loaderOf("vendor.a").getResource("META-INF/notice.txt");
        assertThat(read(url.openStream())).isEqualTo("text");

        Files.delete(jar);
        machine.scan();

        assertThat(machine.openJars()).isZero();
        assertThatThrownBy(url::openStream).isInstanceOf(IOException.class);
    }

    @Test
    void aMultiReleaseJarGivesTheNewestVersionThatThisJavaRuns() {
        plugin("vendor.a")
                .attribute("Multi-Release", "true")
                .directive("opens vendor.a;")
                .entry("vendor/a/table.txt", TEXT)
                .entry("META-INF/versions/25/vendor/a/table.txt", "newer".getBytes(StandardCharsets.UTF_8))
                .writeTo(plugins);
        machine.scan();

        assertThat(loaderOf("vendor.a").getResourceAsStream("vendor/a/table.txt"))
                .hasContent("newer");
    }

    @Test
    void aClassThatIsNotThereIsNamedWithItsPlugin() {
        plugin("vendor.a").writeTo(plugins);
        machine.scan();

        assertThatThrownBy(() -> Class.forName("vendor.a.Nothing", false, loaderOf("vendor.a")))
                .isInstanceOf(ClassNotFoundException.class)
                .hasMessage("vendor.a.Nothing in plugin vendor.a@1.0.0");
    }

    @Test
    void severalThreadsMayLoadOneClassAtOnce() throws Exception {
        plugin("vendor.a").source("Lazy", "class Lazy { }").writeTo(plugins);
        machine.scan();
        ClassLoader loader = loaderOf("vendor.a");

        try (var threads = Executors.newFixedThreadPool(8)) {
            var tasks =
                    Collections.nCopies(64, (Callable<Class<?>>) () -> Class.forName("vendor.a.Lazy", true, loader));
            var classes = new HashSet<Class<?>>();
            for (var loaded : threads.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                classes.add(loaded.get(30, TimeUnit.SECONDS));
            }
            assertThat(classes).hasSize(1);
        }
    }
}
