package io.dmaheap.testkit.rules;

import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute.ModuleAttributeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginVerifierTests {
    private static final String SERVICES = "META-INF/services/" + HeapProvider.class.getName();
    private static final String PACKAGE = CleanPlugin.class.getPackageName();
    private static final Consumer<ModuleAttributeBuilder> PROPER =
            module -> module.requires(ModuleDesc.of("io.dmaheap.api"), 0, null)
                    .requires(ModuleDesc.of("org.jspecify"), ClassFile.ACC_STATIC_PHASE, null)
                    .provides(desc(HeapProvider.class), desc(CleanPlugin.class));

    @TempDir
    Path directory;

    @Test
    void aProperJarHasNoViolations() throws Exception {
        assertThat(PluginVerifier.verify(jar(manifest(), PROPER, CleanPlugin.class)))
                .isEmpty();
    }

    @Test
    void theClassesOfAJarAreCheckedAndItsModuleToo() throws Exception {
        Path jar = jar(
                manifest(),
                PROPER.andThen(module -> module.requires(ModuleDesc.of("java.sql"), 0, null)),
                CleanPlugin.class,
                PrintingHelper.class);
        assertThat(PluginVerifier.verify(jar))
                .extracting(Violation::toString)
                .satisfiesExactly(
                        requires -> assertThat(requires).contains("requires java.sql", "because"),
                        prints -> assertThat(prints).contains("System.out", "because", "PrintingHelper"));
    }

    @Test
    void aDirectoryOfClassesNeedsNoManifest() throws Exception {
        write(directory.resolve("module-info.class"), ClassFiles.module("acme.heaps", PROPER));
        write(directory.resolve(path(CleanPlugin.class)), bytes(CleanPlugin.class));
        assertThat(PluginVerifier.verify(directory)).isEmpty();
    }

    @Test
    void aPluginMustProvideHeaps() throws Exception {
        Path jar =
                jar(manifest(), module -> module.requires(ModuleDesc.of("io.dmaheap.api"), 0, null), CleanPlugin.class);
        assertSingleViolation(jar, "provides no io.dmaheap.spi.HeapProvider");
    }

    @Test
    void aPluginExportsNothingForeign() throws Exception {
        Path jar = jar(
                manifest(), PROPER.andThen(module -> module.exports(PackageDesc.of(PACKAGE), 0)), CleanPlugin.class);
        assertSingleViolation(jar, "acme.heaps exports " + PACKAGE);
    }

    @Test
    void aPluginMayExportUnderItsOwnName() throws Exception {
        Path jar = jarOf(
                PACKAGE,
                manifest(),
                PROPER.andThen(module -> module.exports(PackageDesc.of(PACKAGE), 0)),
                CleanPlugin.class);
        assertThat(PluginVerifier.verify(jar)).isEmpty();
    }

    @Test
    void aPluginIsNotOpen() throws Exception {
        Path jar =
                jar(manifest(), PROPER.andThen(module -> module.opens(PackageDesc.of(PACKAGE), 0)), CleanPlugin.class);
        assertSingleViolation(jar, "acme.heaps is open");
    }

    @Test
    void aPluginDoesNotContainTheApi() throws Exception {
        Path jar = jar(manifest(), PROPER, CleanPlugin.class, HeapProvider.class);
        assertThat(PluginVerifier.verify(jar))
                .extracting(Violation::detail)
                .anySatisfy(detail ->
                        assertThat(detail).contains("contains a class of heap-api, io/dmaheap/spi/HeapProvider.class"));
    }

    @Test
    void aJarNeedsNoDescriptorIfItNamesItsProvider() throws Exception {
        Path jar = directory.resolve("plain.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest())) {
            entry(out, path(CleanPlugin.class), bytes(CleanPlugin.class));
            entry(out, SERVICES, CleanPlugin.class.getName().getBytes(UTF_8));
        }
        assertThat(PluginVerifier.verify(jar)).isEmpty();
    }

    @Test
    void aDirectoryNeedsNoDescriptorEither() throws Exception {
        write(directory.resolve(path(CleanPlugin.class)), bytes(CleanPlugin.class));
        assertSingleViolation(directory, "provides no io.dmaheap.spi.HeapProvider");

        write(directory.resolve(SERVICES), ("# ours\n" + CleanPlugin.class.getName() + "\n").getBytes(UTF_8));
        assertThat(PluginVerifier.verify(directory)).isEmpty();
    }

    @Test
    void aManifestNeedsNoRangeOfTheApi() throws Exception {
        var without = manifest();
        without.getMainAttributes().remove(new Attributes.Name("Plugin-Requires"));
        assertThat(PluginVerifier.verify(jar(without, PROPER, CleanPlugin.class)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Plugin-Id, ../../evil",
        "Plugin-Version, abc",
        "Plugin-Version, ' '",
        "Plugin-Requires, banana",
        "Plugin-Requires, >=9.0.0",
        "Plugin-Dependencies, acme",
    })
    void aManifestThatTheFrameworkRefusesIsAViolation(String attribute, String value) throws Exception {
        var refused = manifest();
        refused.getMainAttributes().putValue(attribute, value);
        assertSingleViolation(jar(refused, PROPER, CleanPlugin.class), value.strip());
    }

    @Test
    void whatKeepsAClassFromBeingLoadedIsAViolation() throws Exception {
        byte[] whole = bytes(CleanPlugin.class);
        Path jar = directory.resolve("plugin.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest())) {
            entry(out, "module-info.class", ClassFiles.module("acme.heaps", PROPER));
            entry(out, path(CleanPlugin.class), whole);
            entry(out, "acme/Cut.class", Arrays.copyOf(whole, whole.length / 2));
            entry(out, "java/lang/Evil.class", ClassFile.of().build(ClassDesc.of("java.lang.Evil"), type -> {}));
            entry(out, "META-INF/versions/25/" + path(CleanPlugin.class), whole);
        }
        assertThat(PluginVerifier.verify(jar))
                .extracting(Violation::detail)
                .anySatisfy(detail -> assertThat(detail).contains("acme/Cut.class is damaged"))
                .anySatisfy(detail -> assertThat(detail).contains("java/lang/Evil.class is in a package of the JDK"))
                .anySatisfy(detail -> assertThat(detail).contains("META-INF/versions/25"));
    }

    @Test
    void whatThisApiDoesNotHaveIsAViolation() throws Exception {
        Path jar = directory.resolve("plugin.jar");
        ClassDesc context = desc(HeapContext.class);
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest())) {
            entry(out, "module-info.class", ClassFiles.module("acme.heaps", PROPER));
            entry(out, path(CleanPlugin.class), bytes(CleanPlugin.class));
            entry(
                    out,
                    "acme/Newer.class",
                    ClassFile.of()
                            .build(
                                    ClassDesc.of("acme.Newer"),
                                    type -> type.withFlags(ClassFile.ACC_SUPER)
                                            .withMethodBody(
                                                    "use",
                                                    MethodTypeDesc.of(CD_void, context),
                                                    0,
                                                    code -> code.aload(1)
                                                            .invokeinterface(context, "frames", MTD_void)
                                                            .return_())));
        }
        assertSingleViolation(
                jar, "the method void io.dmaheap.spi.HeapContext.frames(), which heap-api 0.1.0 does not have");
    }

    @Test
    void aCorruptJarIsAViolationAndNotAnException() throws Exception {
        Path file = Files.writeString(directory.resolve("broken.jar"), "not a zip file");
        assertSingleViolation(file, "this is no readable jar");
    }

    private static void assertSingleViolation(Path plugin, String detail) {
        assertThat(PluginVerifier.verify(plugin))
                .singleElement()
                .extracting(Violation::detail)
                .asString()
                .contains(detail);
    }

    private Path jar(Manifest manifest, Consumer<ModuleAttributeBuilder> module, Class<?>... classes)
            throws IOException {
        return jarOf("acme.heaps", manifest, module, classes);
    }

    private Path jarOf(String name, Manifest manifest, Consumer<ModuleAttributeBuilder> module, Class<?>... classes)
            throws IOException {
        Path jar = directory.resolve("plugin.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            entry(out, "module-info.class", ClassFiles.module(name, module));
            for (Class<?> type : classes) {
                entry(out, path(type), bytes(type));
            }
        }
        return jar;
    }

    private static Manifest manifest() {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", "acme");
        attributes.putValue("Plugin-Version", "1.0.0");
        attributes.putValue("Plugin-Requires", ">=0.1.0");
        return manifest;
    }

    private static void entry(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static ClassDesc desc(Class<?> type) {
        return ClassDesc.of(type.getName());
    }

    private static String path(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (var in = type.getResourceAsStream("/" + path(type))) {
            return in.readAllBytes();
        }
    }
}
