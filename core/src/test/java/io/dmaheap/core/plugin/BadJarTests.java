package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Heap;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.Problem.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way for a jar to be bad: one problem that a person can read, and the good neighbours on both sides of it run. */
class BadJarTests {
    @TempDir
    Path plugins;

    @TempDir
    static Path elsewhere;

    private static Path first;
    private static Path last;
    private Installation machine;

    @BeforeAll
    static void buildGoodNeighbours() {
        first = plugin("a.good").writeTo(elsewhere);
        last = plugin("z.good").writeTo(elsewhere);
    }

    @BeforeEach
    void installGoodNeighbours() throws IOException {
        Files.copy(first, plugins.resolve("a.good.jar"));
        Files.copy(last, plugins.resolve("z.good.jar"));
        machine = new Installation(plugins);
    }

    @AfterEach
    void leaveNothingBehind() {
        machine.close();
    }

    private Problem onlyProblem(Kind kind, String subject) {
        machine.scan();

        assertThat(machine.state("a.good")).isEqualTo(State.STARTED);
        assertThat(machine.state("z.good")).isEqualTo(State.STARTED);
        Problem problem = machine.problem();
        assertThat(problem.kind()).as(problem.toString()).isEqualTo(kind);
        assertThat(problem.subject()).isEqualTo(subject);
        assertThat(problem.hint()).isNotBlank();
        String id = subject.endsWith(".jar") ? subject.substring(0, subject.length() - 4) : subject;
        assertThat(machine.state(id)).isEqualTo(State.FAILED);
        assertThat(machine.plugin(id).problem()).contains(problem);
        machine.scan();
        assertThat(machine.problems).as("a problem is told once").hasSize(1);
        return problem;
    }

    @Test
    void anEmptyFile() throws IOException {
        Files.createFile(plugins.resolve("bad.jar"));

        onlyProblem(Kind.CORRUPT_JAR, "bad.jar");
    }

    @Test
    void aFileThatIsNoArchive() throws IOException {
        Files.writeString(plugins.resolve("bad.jar"), "<html>404 Not Found</html>");

        onlyProblem(Kind.CORRUPT_JAR, "bad.jar");
    }

    @Test
    void aJarThatWasCutOff() throws IOException {
        Path jar = plugin("bad").writeTo(plugins);
        byte[] bytes = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));

        onlyProblem(Kind.CORRUPT_JAR, "bad.jar");
    }

    @Test
    void aDirectoryNamedLikeAJar() throws IOException {
        Files.createDirectory(plugins.resolve("bad.jar"));

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("directory");
    }

    @Test
    void aPipeThatNobodyWrites() throws Exception {
        Path pipe = plugins.resolve("bad.jar");
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(mkfifo.exitValue()).isZero();

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("no regular file");
    }

    @Test
    void aDeviceThatNeverEnds() throws IOException {
        Files.createSymbolicLink(plugins.resolve("bad.jar"), Path.of("/dev/zero"));

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("no regular file");
    }

    @Test
    void aFileLargerThanAnyPlugin() throws IOException {
        try (var sparse =
                FileChannel.open(plugins.resolve("bad.jar"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap(new byte[1]), 3L << 30);
        }

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("268435456 bytes");
    }

    /** Repeats pack to nearly nothing: half a megabyte of such a jar can fill the memory of a machine. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "META-INF/services/io.dmaheap.spi.HeapProvider",
                "META-INF/services/any.other.Service",
                "META-INF/versions/9/module-info.class",
                "META-INF/BAD.SF"
            })
    void aJarThatUnpacksToMoreThanMemoryHolds(String entry) {
        plugin("bad")
                .plain()
                .withoutProvider()
                .source("Other", "class Other { }")
                .entry(entry, new byte[8 << 20])
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains(entry, "1048576 bytes");
    }

    @Test
    void aManifestOfManySections() {
        String sections = "Manifest-Version: 1.0\r\n\r\n" + "Name: a\r\nA: b\r\n\r\n".repeat(500_000);
        plugin("bad")
                .withoutManifest()
                .entry("META-INF/MANIFEST.MF", sections.getBytes())
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("META-INF/MANIFEST.MF");
    }

    @Test
    void everyPackageOfTheApiCountsAsTheApi() {
        Set<String> packages = Heap.class.getModule().getPackages();
        assertThat(packages).contains("io.dmaheap", "io.dmaheap.spi");
        for (String name : packages) {
            String entry = name.replace('.', '/') + "/Any.class";
            plugin("bad").plain().entry(entry, new byte[] {1}).writeTo(plugins);
            assertThat(onlyProblem(Kind.SHADED_API, "bad.jar").message()).contains(entry);
            machine.problems.clear();
        }
    }

    @Test
    void aLinkToNowhere() throws IOException {
        Files.createSymbolicLink(plugins.resolve("bad.jar"), plugins.resolve("nowhere"));

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("NoSuchFile");
    }

    @Test
    void aJarWithoutManifest() {
        plugin("bad").withoutManifest().writeTo(plugins);

        assertThat(onlyProblem(Kind.BAD_MANIFEST, "bad.jar").message()).contains("MANIFEST.MF");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Plugin-Id", "Plugin-Version"})
    void aManifestThatLacks(String attribute) {
        plugin("bad").without(attribute).writeTo(plugins);

        assertThat(onlyProblem(Kind.BAD_MANIFEST, "bad.jar").message()).contains("no " + attribute);
    }

    @ParameterizedTest
    @CsvSource({
        "Plugin-Id, ../etc/passwd",
        "Plugin-Id, two words",
        "Plugin-Version, 1.0",
        "Plugin-Version, newest",
        "Plugin-Requires, about 0.1",
        "Plugin-Dependencies, base@somewhat",
        "Plugin-Dependencies, @1.0.0",
        "Heap-Native-Access, yes"
    })
    void aManifestThatMakesNoSense(String attribute, String value) {
        plugin("bad").attribute(attribute, value).writeTo(plugins);

        assertThat(onlyProblem(Kind.BAD_MANIFEST, "bad.jar").message())
                .contains(attribute)
                .contains(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io/dmaheap/Heap.class",
                "io/dmaheap/spi/HeapProvider.class",
                "io/dmaheap/tee/Tee.class",
                "META-INF/versions/25/io/dmaheap/Heap.class"
            })
    void aJarThatContainsClassesOfTheApi(String entry) {
        plugin("bad").plain().entry(entry, new byte[] {1}).writeTo(plugins);

        Problem problem = onlyProblem(Kind.SHADED_API, "bad.jar");

        assertThat(problem.message()).contains(entry);
        assertThat(problem.hint()).contains("Do not shade");
    }

    @ParameterizedTest
    @ValueSource(strings = {">=9.0.0", "<0.1.0", "9.0.0"})
    void aPluginForAnotherApi(String range) {
        plugin("bad").requires(range).writeTo(plugins);

        assertThat(onlyProblem(Kind.INCOMPATIBLE_API, "bad").message()).contains(range);
    }

    @Test
    void aSecondPluginOfTheSameId() {
        plugin("bad").writeTo(plugins, "bad-1.jar");
        plugin("bad").version("1.1.0").writeTo(plugins, "bad-2.jar");

        machine.scan();

        assertThat(machine.problem().kind()).isEqualTo(Kind.DUPLICATE_PLUGIN);
        assertThat(machine.problem().message()).contains("bad-1.jar");
        assertThat(machine.host.calls).containsOnlyOnce("start bad");
        assertThat(machine.directory.plugins())
                .filteredOn(info -> info.id().equals("bad"))
                .extracting(info -> info.jar().orElseThrow().getFileName() + " " + info.state())
                .containsExactly("bad-1.jar STARTED", "bad-2.jar FAILED");
    }

    @Test
    void aSecondPluginOfTheSameModule() {
        plugin("bad").moduleName("a.good").writeTo(plugins);

        assertThat(onlyProblem(Kind.DUPLICATE_PLUGIN, "bad").message()).contains("module a.good", "a.good.jar");
    }

    @Test
    void aModuleThatTheApplicationHasAlready() {
        plugin("bad").moduleName("org.pf4j").writeTo(plugins);

        assertThat(onlyProblem(Kind.DUPLICATE_PLUGIN, "bad").message()).contains("org.pf4j", "module path");
    }

    @Test
    void aModuleThatRequiresWhatIsNotThere() {
        var absent = plugin("vendor.nowhere");
        plugin("bad")
                .dependsOn(absent, absent.writeTo(elsewhere))
                .without("Plugin-Dependencies")
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNRESOLVABLE_MODULE, "bad").message()).contains("vendor.nowhere");
    }

    @Test
    void aModuleWhoseDescriptorIsDamaged() {
        plugin("bad").entry("module-info.class", new byte[] {1, 2, 3, 4}).writeTo(plugins);

        onlyProblem(Kind.UNRESOLVABLE_MODULE, "bad.jar");
    }

    @Test
    void aPackageThatAModuleItReadsExportsToo() {
        plugin("bad")
                .plain()
                .withoutProvider()
                .source("Other", "class Other { }")
                .entry("META-INF/services/io.dmaheap.spi.HeapProvider", "org.pf4j.Mine".getBytes())
                .entry("org/pf4j/Mine.class", new byte[] {1})
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNRESOLVABLE_MODULE, "bad").message()).contains("org.pf4j");
    }

    @Test
    void aModuleWithoutProvider() {
        plugin("bad").withoutProvider().source("Other", "class Other { }").writeTo(plugins);

        onlyProblem(Kind.NO_PROVIDER, "bad.jar");
    }

    @Test
    void aPlainJarWithoutProvider() {
        plugin("bad")
                .plain()
                .withoutProvider()
                .source("Other", "class Other { }")
                .writeTo(plugins);

        onlyProblem(Kind.NO_PROVIDER, "bad.jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RuntimeException", "AssertionError", "StackOverflowError", "NoClassDefFoundError"})
    void aProviderWhoseConstructorThrows(String type) {
        plugin("bad").onConstruct("if (true) throw new " + type + "();").writeTo(plugins);

        Problem problem = onlyProblem(Kind.PLUGIN_THREW, "bad");

        assertThat(problem.message()).contains(type);
        assertThat(problem.cause()).get().asString().contains("bad.Provider could not be instantiated");
    }

    @Test
    void aProviderWhoseClassIsDamaged() {
        plugin("bad").entry("bad/Provider.class", new byte[] {1, 2, 3, 4}).writeTo(plugins);

        assertThat(onlyProblem(Kind.PLUGIN_THREW, "bad").message()).contains("ClassFormatError");
    }

    @Test
    void aProviderWhoseConstructorIsPrivate() {
        plugin("bad")
                .plain()
                .withoutProvider()
                .source("Hidden", """
                        public class Hidden implements io.dmaheap.spi.HeapProvider {
                            private Hidden() {}
                            public void start(io.dmaheap.spi.HeapContext context) {}
                        }
                        """)
                .entry("META-INF/services/io.dmaheap.spi.HeapProvider", "bad.Hidden".getBytes())
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.PLUGIN_THREW, "bad").hint()).contains("public constructor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RuntimeException", "AssertionError", "StackOverflowError"})
    void aProviderWhoseStartThrows(String type) {
        plugin("bad").onStart("throw new " + type + "();").writeTo(plugins);

        Problem problem = onlyProblem(Kind.PLUGIN_THREW, "bad");

        assertThat(problem.message()).contains(type);
        assertThat(problem.cause()).isPresent();
    }

    @Test
    void aPluginThatTheHostRefuses() {
        plugin("bad")
                .onStart("throw io.dmaheap.HeapException.of(io.dmaheap.ErrorCode.DEVICE_GONE, \"no secure world\")"
                        + ".hint(\"Load optee.ko\").build();")
                .writeTo(plugins);

        Problem problem = onlyProblem(Kind.PLUGIN_THREW, "bad");

        assertThat(problem.message()).isEqualTo("no secure world");
        assertThat(problem.hint()).isEqualTo("Load optee.ko");
    }

    @Test
    void aPluginThatTheHostRefusesWithoutAHint() {
        plugin("bad")
                .onStart("throw io.dmaheap.HeapException.of(io.dmaheap.ErrorCode.DEVICE_GONE, \"No TEE. No luck\")"
                        + ".build();")
                .writeTo(plugins);
        machine.scan();

        assertThat(machine.problem().message()).isEqualTo("No TEE. No luck");
        assertThat(machine.problem().hint()).isEmpty();
    }

    @Test
    void aPluginWhoseStopThrowsIsUnloadedAllTheSame() throws IOException {
        Path jar = plugin("bad").onStop("throw new AssertionError(\"boom\");").writeTo(plugins);
        machine.scan();
        Files.delete(jar);

        machine.scan();

        assertThat(machine.ids()).containsExactly("a.good", "z.good");
        assertThat(machine.problem().kind()).isEqualTo(Kind.PLUGIN_THREW);
        assertThat(machine.problem().message()).contains("boom");
    }

    @Test
    void aFailedJarIsTriedAgainWhenItChanges() throws IOException {
        Files.createFile(plugins.resolve("bad.jar"));
        machine.scan();

        plugin("bad").writeTo(plugins);
        machine.scan();

        assertThat(machine.state("bad")).isEqualTo(State.STARTED);
        assertThat(machine.problems).hasSize(1);
    }

    @Test
    void aFailedJarIsForgottenWhenItIsRemoved() throws IOException {
        Path jar = Files.createFile(plugins.resolve("bad.jar"));
        machine.scan();
        Files.delete(jar);

        machine.scan();

        assertThat(machine.ids()).containsExactly("a.good", "z.good");
    }
}
