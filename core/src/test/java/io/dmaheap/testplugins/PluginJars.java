package io.dmaheap.testplugins;

import io.dmaheap.spi.HeapProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Builds plugin jars for tests from source text, with the compiler of the JDK that runs the test.
 *
 * {@snippet :
 * PluginJars.plugin("vendor.a").requires(">=0.1.0").onStart("context.logger().log(INFO, \"hello\");").writeTo(directory);
 * }
 *
 * <p>Unless told otherwise, a plugin is a module of its id's name with one provider, which registers one heap named like the id.
 * Not safe for use by several threads.
 */
public final class PluginJars {
    private static final String REGISTER_HEAP = """
            context.register(
                new io.dmaheap.spi.HeapSpec("%s", io.dmaheap.Traits.UNKNOWN),
                request -> { throw new UnsupportedOperationException(); });
            """;

    private final String id;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, String> sources = new TreeMap<>();
    private final Map<String, byte[]> entries = new TreeMap<>();
    private final List<String> directives = new ArrayList<>();
    private final List<Path> modulePath = new ArrayList<>();
    private String moduleName;
    private String construct = "";
    private String start;
    private String stop = "";
    private boolean withManifest = true;
    private boolean withModule = true;
    private boolean withProvider = true;

    private PluginJars(String id) {
        this.id = id;
        this.moduleName = id;
        this.start = REGISTER_HEAP.formatted(id);
        attributes.put("Plugin-Id", id);
        attributes.put("Plugin-Version", "1.0.0");
        modulePath.add(locationOfApi());
    }

    /** A plugin whose id is also a Java package name, such as {@code vendor.a}. */
    public static PluginJars plugin(String id) {
        return new PluginJars(id);
    }

    private static Path locationOfApi() {
        return HeapProvider.class
                .getModule()
                .getLayer()
                .configuration()
                .findModule("io.dmaheap.api")
                .flatMap(module -> module.reference().location())
                .map(Path::of)
                .orElseThrow();
    }

    /** Sets a manifest attribute. */
    public PluginJars attribute(String name, String value) {
        attributes.put(name, value);
        return this;
    }

    /** Leaves a manifest attribute out. */
    public PluginJars without(String name) {
        attributes.remove(name);
        return this;
    }

    /** Leaves the manifest out. */
    public PluginJars withoutManifest() {
        withManifest = false;
        return this;
    }

    /** Sets the version. */
    public PluginJars version(String version) {
        return attribute("Plugin-Version", version);
    }

    /** Sets the range of API levels. */
    public PluginJars requires(String range) {
        return attribute("Plugin-Requires", range);
    }

    /** Depends on another plugin: in the manifest, in the module and when compiling. */
    public PluginJars dependsOn(PluginJars other, Path jar) {
        attributes.merge("Plugin-Dependencies", other.id, (before, more) -> before + "," + more);
        modulePath.add(jar);
        return directive("requires " + other.moduleName + ";");
    }

    /** Adds a directive to the module, such as {@code exports vendor.a;}. */
    public PluginJars directive(String directive) {
        directives.add(directive);
        return this;
    }

    /** Gives the module a name other than the id. */
    public PluginJars moduleName(String name) {
        moduleName = name;
        return this;
    }

    /** Makes it a jar without module-info, whose provider is named in META-INF/services. */
    public PluginJars plain() {
        withModule = false;
        return this;
    }

    /** Leaves the provider out. */
    public PluginJars withoutProvider() {
        withProvider = false;
        return this;
    }

    /** What the provider's constructor does. */
    public PluginJars onConstruct(String statements) {
        construct = statements;
        return this;
    }

    /** What the provider's start does with {@code context}, instead of registering a heap. */
    public PluginJars onStart(String statements) {
        start = statements;
        return this;
    }

    /** What the provider's stop does. */
    public PluginJars onStop(String statements) {
        stop = statements;
        return this;
    }

    /** Registers a heap, as a statement for {@link #onStart}; the expression gives its name. */
    public static String registerHeap(String expression) {
        return REGISTER_HEAP.replace("\"%s\"", expression);
    }

    /** Adds a class to the package of the plugin's id. */
    public PluginJars source(String simpleName, String text) {
        sources.put(id.replace('.', '/') + "/" + simpleName + ".java", "package " + id + ";\n" + text);
        return this;
    }

    /** Adds a file. */
    public PluginJars entry(String name, byte[] bytes) {
        entries.put(name, bytes);
        return this;
    }

    /** Writes {@code ID.jar} into a directory as an installer should: under a hidden name, then renamed. */
    public Path writeTo(Path directory) {
        return writeTo(directory, id + ".jar");
    }

    /** Writes the jar under another name. */
    public Path writeTo(Path directory, String name) {
        try {
            Path work = Files.createTempDirectory("plugin-jar");
            try {
                Path hidden = directory.resolve("." + name + ".new");
                pack(compile(work), hidden);
                return Files.move(
                        hidden,
                        directory.resolve(name),
                        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } finally {
                deleteTree(work);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path compile(Path work) throws IOException {
        Map<String, String> all = new TreeMap<>(sources);
        if (withProvider) {
            all.put(id.replace('.', '/') + "/Provider.java", providerSource());
        }
        if (withModule) {
            all.put("module-info.java", moduleSource());
        }
        Path classes = Files.createDirectory(work.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
        String path = String.join(
                System.getProperty("path.separator"),
                modulePath.stream().map(Path::toString).toList());
        arguments.addAll(List.of(withModule ? "--module-path" : "--class-path", path));
        for (var source : all.entrySet()) {
            Path file = work.resolve("src").resolve(source.getKey());
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        var messages = new StringWriter();
        var out = new PrintWriter(messages);
        int status = ToolProvider.findFirst("javac").orElseThrow().run(out, out, arguments.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalArgumentException("test plugin " + id + " does not compile:\n" + messages);
        }
        return classes;
    }

    private String moduleSource() {
        String provides = withProvider ? "provides io.dmaheap.spi.HeapProvider with " + id + ".Provider;" : "";
        return "module %s {\n requires io.dmaheap.api;\n %s\n %s\n}"
                .formatted(moduleName, String.join("\n ", directives), provides);
    }

    private String providerSource() {
        return """
                package %s;
                public final class Provider implements io.dmaheap.spi.HeapProvider {
                    public Provider() { %s }
                    @Override public void start(io.dmaheap.spi.HeapContext context) { %s }
                    @Override public void stop() { %s }
                }
                """.formatted(id, construct, start, stop);
    }

    private void pack(Path classes, Path jar) throws IOException {
        Map<String, byte[]> all = new TreeMap<>(entries);
        if (!withModule && withProvider) {
            all.put("META-INF/services/io.dmaheap.spi.HeapProvider", (id + ".Provider").getBytes());
        }
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.putIfAbsent(classes.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(manifest.getMainAttributes()::putValue);
        try (OutputStream file = Files.newOutputStream(jar);
                var out = withManifest ? new JarOutputStream(file, manifest) : new JarOutputStream(file)) {
            for (var entry : all.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
