package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Heap;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.Problem.Kind;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
    private static final ClassDesc CONTEXT = ClassDesc.of(HeapContext.class.getName());

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

        Problem problem = onlyProblem(Kind.CORRUPT_JAR, "bad.jar");
        assertThat(problem.message())
                .isEqualTo("this is a link to " + plugins.resolve("nowhere") + ", which is not there");
        assertThat(problem.hint()).isEqualTo("Put the jar there, or remove the link");
    }

    @Test
    void aPlainJarWhoseNameMakesNoModule() throws IOException {
        Path jar = plugin("bad").plain().writeTo(elsewhere);
        Files.move(jar, plugins.resolve("1st-heaps.jar"));

        assertThat(onlyProblem(Kind.UNRESOLVABLE_MODULE, "1st-heaps.jar").hint())
                .contains("Automatic-Module-Name", "rename it");
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
        "Plugin-Id, ../../evil",
        "Plugin-Id, two words",
        "Plugin-Version, 1.0",
        "Plugin-Version, newest",
        "Plugin-Version, abc",
        "Plugin-Requires, about 0.1",
        "Plugin-Requires, banana",
        "Plugin-Dependencies, bad",
        "Plugin-Dependencies, 'other?, bad@>=1.0.0'",
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
    @ValueSource(strings = {"Plugin-Id", "Plugin-Version", "Plugin-Description", "Plugin-Provider"})
    void aManifestWithAnEndlessValue(String attribute) {
        plugin("bad").attribute(attribute, "1".repeat(10_000)).writeTo(plugins);

        assertThat(onlyProblem(Kind.BAD_MANIFEST, "bad.jar").message())
                .contains(attribute, "10000 characters")
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"right-to-left \u202e", "zero-width \u200b"})
    void aManifestWithInvisibleCharacters(String text) {
        plugin("bad").attribute("Plugin-Description", text).writeTo(plugins);

        assertThat(onlyProblem(Kind.BAD_MANIFEST, "bad.jar").message()).contains("Plugin-Description");
    }

    @Test
    void classesInAPackageOfTheJdk() {
        plugin("bad")
                .entry("java/lang/Evil.class", classNamed("java.lang.Evil"))
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message())
                .contains("java/lang/Evil.class", "package of the JDK");
    }

    @Test
    void classesOfAPlainJarInAPackageOfTheJdk() {
        plugin("bad")
                .plain()
                .entry("java/lang/Evil.class", classNamed("java.lang.Evil"))
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message())
                .contains("java/lang/Evil.class", "package of the JDK");
    }

    @Test
    void aClassThatEndsTooEarly() {
        byte[] whole = classNamed("bad.Helper");
        plugin("bad")
                .entry("bad/Helper.class", Arrays.copyOf(whole, whole.length - 3))
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message()).contains("bad/Helper.class", "is damaged");
    }

    @Test
    void aClassForALaterJava() {
        byte[] later = classNamed("bad.Helper");
        later[7] = (byte) (later[7] + 1);
        plugin("bad").entry("bad/Helper.class", later).writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message())
                .contains(
                        "compiled for Java " + (Runtime.version().feature() + 1),
                        "this is Java " + Runtime.version().feature());
    }

    @Test
    void aClassWithPreviewFeatures() {
        byte[] preview = classNamed("bad.Helper");
        preview[4] = (byte) 0xFF;
        preview[5] = (byte) 0xFF;
        plugin("bad").entry("bad/Helper.class", preview).writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message()).contains("preview");
    }

    @Test
    void aClassUnderAnotherName() {
        plugin("bad").entry("bad/Helper.class", classNamed("bad.Other")).writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message())
                .contains("bad/Helper.class contains the class bad/Other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void codeForSomeVersionsOfJavaOnly(String multiRelease) {
        plugin("bad")
                .attribute("Multi-Release", multiRelease)
                .entry("META-INF/versions/25/bad/Helper.class", classNamed("bad.Helper"))
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message())
                .contains("META-INF/versions/25/bad/Helper.class");
    }

    @Test
    void anEntryThatIsThereTwice() throws IOException {
        Path jar = plugin("bad")
                .entry("one.txt", new byte[] {1})
                .entry("two.txt", new byte[] {2})
                .writeTo(plugins);
        String bytes = Files.readString(jar, StandardCharsets.ISO_8859_1);
        Files.writeString(jar, bytes.replace("two.txt", "one.txt"), StandardCharsets.ISO_8859_1);

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("one.txt twice");
    }

    @Test
    void aClassThatDoesNotMatchItsChecksum() throws IOException {
        Path jar = plugin("bad")
                .entry("bad/Helper.class", classNamed("bad.Helper"))
                .writeTo(plugins);
        byte[] bytes = Files.readAllBytes(jar);
        int entry = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("bad/Helper.class");
        bytes[entry - 46 + 16]++;
        Files.write(jar, bytes);

        assertThat(onlyProblem(Kind.CORRUPT_JAR, "bad.jar").message()).contains("bad/Helper.class", "checksum");
    }

    @Test
    void aMethodThatThisApiDoesNotHave() {
        byte[] newer = ClassFile.of()
                .build(
                        ClassDesc.of("bad.Newer"),
                        type -> type.withMethodBody(
                                "use",
                                MethodTypeDesc.of(CD_void, CONTEXT),
                                ClassFile.ACC_STATIC,
                                code -> code.aload(0)
                                        .invokeinterface(CONTEXT, "frames", MTD_void)
                                        .return_()));
        plugin("bad").entry("bad/Newer.class", newer).writeTo(plugins);

        Problem problem = onlyProblem(Kind.INCOMPATIBLE_API, "bad.jar");

        assertThat(problem.message())
                .isEqualTo(
                        "the class bad.Newer uses the method void io.dmaheap.spi.HeapContext.frames(), which heap-api"
                                + " 0.1.0 does not have");
        assertThat(problem.hint()).contains("Plugin-Requires");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                   bad.Missing,  is not in the jar",
        "class Hidden {},      bad.Hidden,   is not public",
        "public class Other {},             bad.Other,   does not implement",
        "'public abstract class Half implements io.dmaheap.spi.HeapProvider {}', bad.Half, is abstract",
    })
    void aProviderThatCannotBeOne(String source, String provider, String flaw) {
        var jar = plugin("bad").plain().withoutProvider().source("Any", "class Any {}");
        if (!source.isEmpty()) {
            jar.source(provider.substring(4), source);
        }
        jar.entry("META-INF/services/io.dmaheap.spi.HeapProvider", provider.getBytes())
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.NO_PROVIDER, "bad.jar").message()).contains(provider + " " + flaw);
    }

    @Test
    void severalThingsAtOnceAreCounted() {
        plugin("bad")
                .without("Plugin-Version")
                .entry("bad/Helper.class", new byte[] {1})
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message()).endsWith("(and 1 more problem)");
    }

    private static byte[] providerNamed(String name) {
        return ClassFile.of()
                .build(
                        ClassDesc.of(name),
                        type -> type.withFlags(ClassFile.ACC_PUBLIC)
                                .withInterfaceSymbols(ClassDesc.of(HeapProvider.class.getName()))
                                .withMethodBody(
                                        "<init>",
                                        MTD_void,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.aload(0)
                                                .invokespecial(CD_Object, "<init>", MTD_void)
                                                .return_())
                                .withMethodBody(
                                        "start",
                                        MethodTypeDesc.of(CD_void, CONTEXT),
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.return_()));
    }

    private static byte[] classNamed(String name) {
        return ClassFile.of().build(ClassDesc.of(name), type -> {});
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
                .entry("org/pf4j/Mine.class", providerNamed("org.pf4j.Mine"))
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
    void aProviderWhoseStaticInitialiserThrows() {
        plugin("bad")
                .onConstruct("Table.read();")
                .source(
                        "Table",
                        "class Table { static { if (true) throw new IllegalStateException(\"no table\"); } static void read() {} }")
                .writeTo(plugins);

        assertThat(onlyProblem(Kind.PLUGIN_THREW, "bad").message()).contains("IllegalStateException: no table");
    }

    @Test
    void aProviderWhoseClassIsDamaged() {
        plugin("bad").entry("bad/Provider.class", new byte[] {1, 2, 3, 4}).writeTo(plugins);

        assertThat(onlyProblem(Kind.UNLOADABLE_CLASS, "bad.jar").message()).contains("bad/Provider.class is damaged");
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

        Problem problem = onlyProblem(Kind.NO_PROVIDER, "bad.jar");

        assertThat(problem.message()).contains("bad.Hidden has no public constructor");
        assertThat(problem.hint()).contains("public constructor");
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
