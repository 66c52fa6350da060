package io.dmaheap.cli;

import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts the packaged command by its script; runs in the phase integration-test, when there is one. */
class LauncherTests {
    private static final Path HOME = Path.of("target/dmaheap").toAbsolutePath();
    private static final String SCRIPT = HOME.resolve("bin/dmaheap").toString();

    @TempDir
    private Path folder;

    private record Ended(int status, String out, String err) {}

    /** The shells of this machine: the script must run in all of them, and in that of busybox in a VM. */
    static Stream<List<String>> shells() {
        return Stream.of(
                        List.of("/bin/sh"),
                        List.of("/bin/dash"),
                        List.of("/bin/bash"),
                        List.of("/usr/bin/busybox", "sh"))
                .filter(shell -> Files.isExecutable(Path.of(shell.getFirst())));
    }

    private Ended run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("DMAHEAP_") || name.equals("JAVA_HOME") || name.equals("JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static List<String> command(List<String> shell, String... args) {
        List<String> command = new ArrayList<>(shell);
        command.add(SCRIPT);
        command.addAll(List.of(args));
        return command;
    }

    private static Map<String, String> thisJava() {
        return Map.of("JAVA_HOME", System.getProperty("java.home"));
    }

    @ParameterizedTest
    @MethodSource("shells")
    void startsInEveryShellWithoutNoise(List<String> shell) throws Exception {
        Ended list = run(thisJava(), command(shell, "list", "--platform", "emulator"));
        assertQuietList(list);
    }

    @Test
    void isEndedBySignalsWithNothingLeftBehind() throws Exception {
        Path socket = folder.resolve("socket");
        Map<String, String> environment = new HashMap<>(thisJava());
        environment.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")));
        var builder = new ProcessBuilder(
                        command(List.of("/bin/sh"), "share", "--platform", "emulator", "--listen", socket.toString()))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(socket));
        assertThat(folder.resolve("tmp")).as("working copies").isNotEmptyDirectory();

        process.destroy();

        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(socket).doesNotExist();
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void watchingEndsAtCtrlCWithNothingLeftBehind() throws Exception {
        Path out = folder.resolve("out");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        // A shell without job control has its background jobs ignore SIGINT, and what they start.
        var builder = new ProcessBuilder(command(
                        List.of("/usr/bin/env", "--default-signal=INT", "/bin/sh"),
                        "list",
                        "--platform",
                        "emulator",
                        "--watch=0.2",
                        "-no",
                        "name"))
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(thisJava());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        Process process = builder.start();
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.readString(out).contains("system\n"));

        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor(1, TimeUnit.MINUTES))
                .isTrue();

        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("ends").isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 2);
        assertThat(Files.readString(folder.resolve("err")).replaceFirst("Picked up JAVA_TOOL_OPTIONS: .*\n", ""))
                .isEmpty();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void theManualAndTheCompletionAreInstalled() throws Exception {
        Path share = HOME.resolve("share");
        assertThat(share.resolve("man/man1/dmaheap-list.1")).isNotEmptyFile();
        assertThat(share.resolve("bash-completion/completions/dmaheap"))
                .hasContent(run(thisJava(), command(List.of("/bin/sh"), "completion"))
                        .out());
    }

    @Test
    void lostOutputIsAFailure() throws Exception {
        Ended list = run(thisJava(), List.of("/bin/sh", "-c", SCRIPT + " list --platform emulator > /dev/full"));
        assertThat(list.err()).isEqualTo("dmaheap: the output is lost: No space left on device\n");
        assertThat(list.status()).isEqualTo(ExitStatus.PROBLEM);
    }

    @Test
    void aReaderThatHasSeenEnoughIsNone() throws Exception {
        String piped = "{ " + SCRIPT + " list --platform emulator; echo status $? >&2; } | true";
        Ended list = run(thisJava(), List.of("/bin/sh", "-c", piped));
        assertThat(list.err()).isEqualTo("status 0\n");
    }

    @Test
    void loadsThePluginsFromTheirFolderAndNotFromTheModulePath() throws Exception {
        Ended list = run(thisJava(), command(List.of("/bin/sh"), "plugin", "list", "--json", "--platform", "emulator"));
        assertThat(list.out()).contains("\"jar\": \"" + HOME.resolve("plugins/heaps-system-"));
        try (var lib = Files.list(HOME.resolve("lib"));
                var plugins = Files.list(HOME.resolve("plugins"))) {
            assertThat(lib).noneMatch(jar -> jar.getFileName().toString().startsWith("heaps-"));
            assertThat(plugins)
                    .hasSize(5)
                    .allMatch(jar -> jar.getFileName().toString().startsWith("heaps-"));
        }
    }

    /** Standard output is the command's answer alone. */
    @ParameterizedTest
    @ValueSource(strings = {"plugin list --start", "list"})
    void whatAPluginPrintsIsNoPartOfTheJson(String words) throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        writePrintingPlugin(plugins.resolve("noisy.jar"));
        List<String> arguments = new ArrayList<>(List.of(words.split(" ")));
        arguments.addAll(List.of("--json", "--platform", "emulator", "--plugins", plugins.toString()));

        Ended list = run(thisJava(), command(List.of("/bin/sh"), arguments.toArray(String[]::new)));

        assertThat(list.err()).contains("noise of a plugin");
        assertThat(list.out()).startsWith("{").endsWith("}\n").doesNotContain("noise of");
        assertThat(list.out().contains("\"noisy\"")).isEqualTo(words.startsWith("plugin"));
    }

    private static void writePrintingPlugin(Path jar) throws IOException {
        var stream = ClassDesc.of("java.io.PrintStream");
        writePlugin(
                jar,
                "noisy",
                start -> start.getstatic(ClassDesc.of("java.lang.System"), "out", stream)
                        .ldc("noise of a plugin")
                        .invokevirtual(stream, "println", MethodTypeDesc.of(CD_void, CD_String))
                        .return_());
    }

    /** One that takes memory from {@code sun.misc.Unsafe} when it starts. */
    private static void writeUnsafePlugin(Path jar) throws IOException {
        var unsafe = ClassDesc.of("sun.misc.Unsafe");
        var field = ClassDesc.of("java.lang.reflect.Field");
        writePlugin(
                jar,
                "unsafe",
                start -> start.ldc(unsafe)
                        .ldc("theUnsafe")
                        .invokevirtual(CD_Class, "getDeclaredField", MethodTypeDesc.of(field, CD_String))
                        .dup()
                        .iconst_1()
                        .invokevirtual(field, "setAccessible", MethodTypeDesc.of(CD_void, CD_boolean))
                        .aconst_null()
                        .invokevirtual(field, "get", MethodTypeDesc.of(CD_Object, CD_Object))
                        .checkcast(unsafe)
                        .ldc(4096L)
                        .invokevirtual(unsafe, "allocateMemory", MethodTypeDesc.of(CD_long, CD_long))
                        .pop2()
                        .return_());
    }

    private static void writePlugin(Path jar, String id, Consumer<CodeBuilder> start) throws IOException {
        var context = ClassDesc.of("io.dmaheap.spi.HeapContext");
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of(id + ".Provider"),
                        type -> type.withFlags(ClassFile.ACC_PUBLIC)
                                .withInterfaceSymbols(ClassDesc.of("io.dmaheap.spi.HeapProvider"))
                                .withMethodBody(
                                        "<init>",
                                        MTD_void,
                                        ClassFile.ACC_PUBLIC,
                                        code -> code.aload(0)
                                                .invokespecial(CD_Object, "<init>", MTD_void)
                                                .return_())
                                .withMethodBody(
                                        "start", MethodTypeDesc.of(CD_void, context), ClassFile.ACC_PUBLIC, start));
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Plugin-Id", id);
        manifest.getMainAttributes().putValue("Plugin-Version", "1.0.0");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry(id + "/Provider.class"));
            out.write(bytes);
            out.putNextEntry(new JarEntry("META-INF/services/io.dmaheap.spi.HeapProvider"));
            out.write((id + ".Provider").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theShippedPluginsArePinnedByTheirDigests() throws Exception {
        List<String> pins = new ArrayList<>();
        try (var plugins = Files.list(HOME.resolve("plugins"))) {
            for (Path jar : plugins.toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                String id = jar.getFileName().toString().replaceFirst("-[0-9.]+\\.jar$", "");
                pins.add("pin." + id + " = sha256:" + HexFormat.of().formatHex(digest));
            }
        }
        assertThat(Files.readAllLines(HOME.resolve("plugins.pins"))).containsExactlyInAnyOrderElementsOf(pins);
    }

    @Test
    void aJarWithTheIdOfAShippedPluginNeverTakesItsPlace() throws Exception {
        Path layout = folder.resolve("layout");
        copyTree(HOME, layout);
        Path cma;
        try (var plugins = Files.list(layout.resolve("plugins"))) {
            cma = plugins.filter(jar -> jar.getFileName().toString().startsWith("heaps-cma-"))
                    .findFirst()
                    .orElseThrow();
        }
        changedCopy(cma, layout.resolve("plugins/a-impostor.jar"));
        List<String> list =
                List.of("/bin/sh", layout.resolve("bin/dmaheap").toString(), "list", "--platform", "emulator");

        Ended with = run(thisJava(), list);
        assertThat(with.out())
                .contains("default_cma_region", "a-impostor.jar is not the jar that this id is pinned to");
        assertThat(with.status()).isEqualTo(ExitStatus.PROBLEM);

        Files.delete(cma);
        Ended alone = run(thisJava(), list);
        assertThat(alone.out()).doesNotContain("default_cma_region").contains("a-impostor.jar is not the jar");
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void changedCopy(Path jar, Path copy) throws IOException {
        try (var in = new ZipInputStream(Files.newInputStream(jar));
                var out = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                in.transferTo(out);
            }
            out.putNextEntry(new ZipEntry("changed"));
        }
    }

    @Test
    void memoryAccessByUnsafeIsDenied() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        writeUnsafePlugin(plugins.resolve("unsafe.jar"));
        String module = "--add-modules=jdk.unsupported";

        Ended denied = listStarting(plugins, module);
        assertThat(denied.out())
                .containsPattern("unsafe .*failed")
                .contains("UnsupportedOperationException: allocateMemory");
        Ended allowed = listStarting(plugins, module + " --sun-misc-unsafe-memory-access=allow");
        assertThat(allowed.out()).containsPattern("unsafe .*started").doesNotContain("UnsupportedOperationException");
        Ended withoutTheModule = listStarting(plugins, "");
        assertThat(withoutTheModule.out()).containsPattern("unsafe .*failed").contains("sun/misc/Unsafe");
    }

    private Ended listStarting(Path plugins, String javaOptions) throws Exception {
        var environment = new HashMap<>(thisJava());
        environment.put("DMAHEAP_JAVA_OPTIONS", javaOptions);
        return run(
                environment,
                command(
                        List.of("/bin/sh"),
                        "plugin",
                        "list",
                        "--start",
                        "--platform",
                        "emulator",
                        "--plugins",
                        plugins.toString()));
    }

    @Test
    void theCommandItselfDoesWithoutUnsafe() throws Exception {
        Ended list = run(thisJava(), command(List.of("/bin/sh"), "doctor", "--platform", "emulator"));
        assertThat(list.err()).doesNotContain("Unsafe", "UnsupportedOperationException");
    }

    @Test
    void aRecordedStartIsUsedAndOneThatDoesNotFitIsHarmless() throws Exception {
        Path record = HOME.resolve("start.aot");
        Ended recorded = run(thisJava(), command(List.of("/bin/sh"), "--record-start"));
        assertThat(recorded.out() + recorded.err()).isEmpty();
        assertThat(recorded.status()).isZero();
        try {
            var verbose = new HashMap<>(thisJava());
            verbose.put("DMAHEAP_JAVA_OPTIONS", "-Xlog:class+load");
            List<String> list = command(List.of("/bin/sh"), "list", "--platform", "emulator");
            assertThat(run(verbose, list).out()).contains("io.dmaheap.cli.ListCommand source: shared objects file");
            Files.writeString(record, "not what Java wrote");
            assertQuietList(run(thisJava(), list));
        } finally {
            Files.delete(record);
        }
    }

    @Test
    void pluginsOfOthersAreDeniedNativeAccessUnlessGranted() throws Exception {
        Ended elsewhere = run(
                Map.of("DMAHEAP_JAVA", fakeJava("25.0.1").toString()),
                command(List.of("/bin/sh"), "list", "--plugins", "/vendor"));
        assertThat(elsewhere.out()).contains("--illegal-native-access=deny");
        Path foreign = Files.createFile(HOME.resolve("plugins/heaps-vendor-1.0.jar"));
        try {
            Ended added =
                    run(Map.of("DMAHEAP_JAVA", fakeJava("25.0.1").toString()), command(List.of("/bin/sh"), "list"));
            assertThat(added.out()).contains("--illegal-native-access=deny");
        } finally {
            Files.delete(foreign);
        }
        Ended ours = run(Map.of("DMAHEAP_JAVA", fakeJava("25.0.1").toString()), command(List.of("/bin/sh"), "list"));
        assertThat(ours.out()).contains("--enable-native-access=").doesNotContain("--illegal-native-access");
    }

    /** A Java that prints its arguments. */
    private Path fakeJava(String version) throws IOException {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return java;
    }

    private static void assertQuietList(Ended list) {
        assertThat(list.err()).isEmpty();
        assertThat(list.out()).startsWith("platform: emulator").containsPattern("(?m)^system .* heaps-system$");
        assertThat(list.status()).isZero();
    }

    @Test
    void playUsesTheOptimizingCompilerAndWorks() throws Exception {
        Ended play = run(
                thisJava(),
                command(List.of("/bin/sh"), "play", "decode-720p", "--platform", "emulator", "--frames", "2"));
        assertThat(play.err()).isEmpty();
        assertThat(play.out()).contains("leaks     none");
    }

    @Test
    void worksThroughALinkAndFromAnotherFolder() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of(SCRIPT));
        Path linkToLink = Files.createSymbolicLink(folder.resolve("command"), link.getFileName());
        Ended version = run(thisJava(), List.of("/bin/sh", linkToLink.toString(), "--version"));
        Files.delete(link);
        assertThat(version.err()).isEmpty();
        assertThat(version.out()).matches("dmaheap \\d+\\.\\d+\\.\\d+ \\(Java .*\\)\n");
    }

    @Test
    void wordsWithBlanksStayWhole() throws Exception {
        Ended show = run(thisJava(), command(List.of("/bin/sh"), "show", "no such * heap", "--platform", "emulator"));
        assertThat(show.err()).startsWith("dmaheap: there is no heap no such * heap. ");
        assertThat(show.status()).isEqualTo(ExitStatus.CANNOT_WORK);
    }

    @ParameterizedTest
    @MethodSource("shells")
    void anOldJavaIsNamedInOneLine(List<String> shell) throws Exception {
        Path java = fakeJava("17.0.15");
        Ended list = run(Map.of("DMAHEAP_JAVA", java.toString()), command(shell, "list"));
        assertThat(list.err())
                .startsWith("dmaheap: Java 25 or newer is needed; " + java + " is Java 17: ")
                .contains("apt-get install")
                .hasLineCount(1);
        assertThat(list.out()).isEmpty();
        assertThat(list.status()).isEqualTo(ExitStatus.CANNOT_WORK);
    }

    @ParameterizedTest
    @MethodSource("shells")
    void aJavaHomeThatIsPassedOverIsNamed(List<String> shell) throws Exception {
        Path old = fakeJava("17.0.15");
        String path = System.getProperty("java.home") + "/bin:" + System.getenv("PATH");
        Ended list = run(
                Map.of("JAVA_HOME", old.getParent().getParent().toString(), "PATH", path),
                command(shell, "list", "--platform", "emulator", "-no", "name"));
        assertThat(list.err())
                .startsWith("dmaheap: JAVA_HOME is passed over; " + old
                        + " is Java 17, and 25 or newer is needed: this is ")
                .hasLineCount(1);
        assertThat(list.status()).isZero();
    }

    @ParameterizedTest
    @MethodSource("shells")
    void noJavaAtAllIsSaidInOneLine(List<String> shell) throws Exception {
        Ended list = run(Map.of("PATH", folder.toString()), command(shell, "list"));
        assertThat(list.err())
                .startsWith("dmaheap: Java 25 or newer is needed: ")
                .hasLineCount(1);
        assertThat(list.status()).isEqualTo(ExitStatus.CANNOT_WORK);
    }
}
