package io.dmaheap.bench.plugins;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Plugin jars that both sides can load: a module with one provider, which registers one heap, and the same provider in a services file
 * for a loader that does not know modules.
 *
 * @param apiPath the class or module path that has {@code heap-api}
 */
record SamplePlugins(String apiPath) {
    private static final String SOURCE = """
            package %1$s;

            public final class Provider implements io.dmaheap.spi.HeapProvider {
                public void start(io.dmaheap.spi.HeapContext context) {
                    context.register(
                        new io.dmaheap.spi.HeapSpec("%1$s", io.dmaheap.Traits.UNKNOWN),
                        request -> { throw new UnsupportedOperationException(); });
                }
            }
            """;

    /** Writes {@code count} jars into {@code directory}. */
    void write(Path directory, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            write(directory, "vendor.p" + i);
        }
    }

    private void write(Path directory, String id) throws IOException {
        Path work = Files.createTempDirectory("dmaheap-bench");
        Path packageFolder = Files.createDirectories(work.resolve("source").resolve(id.replace('.', '/')));
        Path provider = Files.writeString(packageFolder.resolve("Provider.java"), SOURCE.formatted(id));
        Path module = Files.writeString(
                work.resolve("source/module-info.java"),
                "module " + id + " { requires io.dmaheap.api; provides io.dmaheap.spi.HeapProvider with " + id
                        + ".Provider; }");
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-nowarn",
                        "--module-path",
                        apiPath,
                        "-d",
                        work.resolve("classes").toString(),
                        provider.toString(),
                        module.toString());
        if (status != 0) {
            throw new IOException("javac ended with " + status);
        }
        pack(directory.resolve(id + ".jar"), id, work.resolve("classes"));
        delete(work);
    }

    private static void pack(Path jar, String id, Path classes) throws IOException {
        var manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Plugin-Id", id);
        attributes.putValue("Plugin-Version", "1.0.0");
        attributes.putValue("Plugin-Requires", ">=0.1.0");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                add(entries, classes.relativize(file).toString(), Files.readAllBytes(file));
            }
            byte[] service = (id + ".Provider\n").getBytes(StandardCharsets.UTF_8);
            add(entries, "META-INF/services/io.dmaheap.spi.HeapProvider", service);
        }
    }

    private static void add(JarOutputStream entries, String name, byte[] bytes) throws IOException {
        entries.putNextEntry(new ZipEntry(name));
        entries.write(bytes);
        entries.closeEntry();
    }

    /** Deletes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
