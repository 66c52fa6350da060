package io.dmaheap.testkit.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute.ModuleAttributeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginVerifierTests {
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
                Offenders.Prints.class);
        assertThat(PluginVerifier.verify(jar))
                .extracting(Violation::toString)
                .satisfiesExactly(
                        requires -> assertThat(requires).contains("requires java.sql", "because"),
                        prints -> assertThat(prints).contains("System.out", "because", "Prints"));
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
        assertSingleViolation(jar, "acme.heaps does not");
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
                .contains("acme.heaps contains io.dmaheap.spi");
    }

    @Test
    void aJarWithoutDescriptorIsNoModuleOfItsOwn() throws Exception {
        Path jar = directory.resolve("plain.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest())) {
            entry(out, path(CleanPlugin.class), bytes(CleanPlugin.class));
        }
        assertSingleViolation(jar, "plain is an automatic module");
    }

    @Test
    void aDirectoryWithoutDescriptorIsNoModule() throws Exception {
        write(directory.resolve(path(CleanPlugin.class)), bytes(CleanPlugin.class));
        assertSingleViolation(directory, "no module-info.class");
    }

    @Test
    void everyRequiredAttributeOfTheManifestIsMissed() throws Exception {
        var bare = new Manifest();
        bare.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        bare.getMainAttributes().putValue("Plugin-Version", " ");
        assertThat(PluginVerifier.verify(jar(bare, PROPER, CleanPlugin.class)))
                .extracting(Violation::detail)
                .containsExactly("Plugin-Id is missing", "Plugin-Version is missing", "Plugin-Requires is missing");
    }

    @Test
    void aCorruptJarIsAViolationAndNotAnException() throws Exception {
        Path file = Files.writeString(directory.resolve("broken.jar"), "not a zip file");
        assertThat(PluginVerifier.verify(file))
                .singleElement()
                .extracting(Violation::rule)
                .isEqualTo("a plugin is a readable jar");
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
