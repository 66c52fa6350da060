package io.dmaheap.conformance.zoo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.classfile.attribute.ModuleAttribute.ModuleAttributeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.reflect.AccessFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One plugin jar of the zoo. It begins as a sound plugin, with the heap {@value #HEAP} whose memory is the platform's, and is then
 * spoiled in one respect. Not safe for use by several threads.
 */
public final class Specimen {
    /** The heap of each plugin of the zoo. */
    static final String HEAP = "zoo";

    /** The package of a specimen whose sources are those of the template. */
    static final String SOUND = "zoo.sound";

    static final ClassDesc PROVIDER = ClassDesc.of("io.dmaheap.spi.HeapProvider");
    private static final String SERVICE = "META-INF/services/io.dmaheap.spi.HeapProvider";

    /** Puts a finished jar into the plugin directory. */
    @FunctionalInterface
    interface Placement {
        void place(byte[] jar, Path file) throws IOException;
    }

    private final String name;
    private final Map<String, String> bodies = new TreeMap<>();
    private final Map<String, String> sources = new TreeMap<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final Map<String, UnaryOperator<byte[]>> classes = new TreeMap<>();
    private String heap = HEAP;
    private @Nullable String provider;
    private UnaryOperator<byte[]> manifest = UnaryOperator.identity();
    private Consumer<ModuleAttributeBuilder> moduleDirectives = _ -> {};
    private @Nullable String moduleName;
    private boolean provides = true;
    private boolean describesModule = true;
    private UnaryOperator<byte[]> file = UnaryOperator.identity();
    private Placement placement = (jar, where) -> Files.write(where, jar);

    /** A sound plugin of that id. */
    public Specimen(String name) {
        this.name = name;
        attributes.put("Plugin-Id", name);
        attributes.put("Plugin-Version", "1.0.0");
    }

    /** The package of its classes; also the name of its module. Those whose classes are sound share them. */
    String packageName() {
        return bodies.isEmpty() && sources.isEmpty() && heap.equals(HEAP) ? SOUND : "zoo." + name.replace('-', '_');
    }

    private String folder() {
        return packageName().replace('.', '/') + "/";
    }

    private String provider() {
        return provider == null ? packageName() + ".Provider" : provider;
    }

    /** The name of its heap; else it is {@value #HEAP}. */
    public Specimen offering(String name) {
        heap = name;
        return this;
    }

    /** What happens first in a callback of {@link Template}. */
    public Specimen in(String callback, String statements) {
        if (!Template.PROVIDER.contains(Template.mark(callback))) {
            throw new IllegalArgumentException("there is no callback " + callback);
        }
        bodies.put(callback, statements);
        return this;
    }

    /** A further class of its package, which replaces one of the template if it has its name. */
    public Specimen source(String simpleName, String text) {
        sources.put(simpleName, text);
        return this;
    }

    /** Changes a compiled class. */
    Specimen compiled(String simpleName, UnaryOperator<byte[]> change) {
        classes.put(simpleName, change);
        return this;
    }

    /** Sets an attribute of the manifest. */
    public Specimen attribute(String key, String value) {
        attributes.put(key, value);
        return this;
    }

    Specimen without(String key) {
        attributes.remove(key);
        return this;
    }

    /** Changes the bytes of the manifest; there is none if the result is empty. */
    Specimen manifest(UnaryOperator<byte[]> change) {
        manifest = change;
        return this;
    }

    /** Adds directives to the module. */
    Specimen module(Consumer<ModuleAttributeBuilder> directives) {
        moduleDirectives = moduleDirectives.andThen(directives);
        return this;
    }

    Specimen moduleName(String other) {
        moduleName = other;
        return this;
    }

    /** Names another class as the provider. */
    Specimen provider(String className) {
        provider = className;
        return this;
    }

    /** Leaves the provider out of the module. */
    Specimen withoutProvider() {
        provides = false;
        return this;
    }

    /** Leaves the module descriptor out: the provider stands in a services file. */
    Specimen plain() {
        describesModule = false;
        return this;
    }

    /** Adds a file, or replaces one. */
    Specimen entry(String path, byte[] content) {
        entries.put(path, content);
        return this;
    }

    Specimen entry(String path, String content) {
        return entry(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Changes the bytes of the finished jar. */
    Specimen file(UnaryOperator<byte[]> change) {
        file = change;
        return this;
    }

    /** Puts something else than a file into the directory. */
    Specimen placed(Placement other) {
        placement = other;
        return this;
    }

    /** Its sources by their path. */
    public Map<String, String> sources() {
        String provider = Template.PROVIDER.replace(Template.mark("heap"), heap);
        for (var body : bodies.entrySet()) {
            provider = provider.replace(Template.mark(body.getKey()), body.getValue());
        }
        var all = new TreeMap<>(Map.of("Provider", provider, "Bad", Template.BAD));
        all.putAll(sources);
        var byPath = new TreeMap<String, String>();
        all.forEach((simpleName, text) -> byPath.put(
                folder() + simpleName + ".java", "package " + packageName() + ";\n" + Template.IMPORTS + text));
        return byPath;
    }

    /**
     * Packs the jar and places it.
     *
     * @param compiled the classes of all packages, by their path
     */
    void install(Map<String, byte[]> compiled, Path directory) throws IOException {
        placement.place(jar(compiled), directory.resolve(name + ".jar"));
    }

    /**
     * The bytes of the jar.
     *
     * @param compiled the classes of all packages, by their path
     */
    public byte[] jar(Map<String, byte[]> compiled) {
        var all = new LinkedHashMap<String, byte[]>();
        byte[] header = manifest.apply(manifestText().getBytes(StandardCharsets.UTF_8));
        if (header.length > 0) {
            all.put("META-INF/MANIFEST.MF", header);
        }
        if (describesModule) {
            all.put("module-info.class", descriptor());
        } else if (provides) {
            all.put(SERVICE, provider().getBytes(StandardCharsets.UTF_8));
        }
        compiled.forEach((path, bytes) -> {
            if (path.startsWith(folder())) {
                String simpleName = path.substring(folder().length()).replace(".class", "");
                all.put(
                        path,
                        classes.getOrDefault(simpleName, UnaryOperator.identity())
                                .apply(bytes));
            }
        });
        all.putAll(entries);
        all.values().removeIf(bytes -> bytes.length == 0);
        return file.apply(zip(all));
    }

    private String manifestText() {
        var text = new StringBuilder("Manifest-Version: 1.0\r\n");
        attributes.forEach((key, value) -> {
            // A line has at most 72 bytes; it goes on after a line break and a space.
            String line = key + ": " + value;
            for (int at = 0; at < line.length(); at += 60) {
                text.append(at == 0 ? "" : " ")
                        .append(line, at, Math.min(line.length(), at + 60))
                        .append("\r\n");
            }
        });
        return text.append("\r\n").toString();
    }

    private byte[] descriptor() {
        String called = moduleName == null ? packageName() : moduleName;
        return ClassFile.of().buildModule(ModuleAttribute.of(ModuleDesc.of(called), module -> {
            if (!called.equals("java.base")) {
                module.requires(ModuleDesc.of("java.base"), AccessFlag.MANDATED.mask(), null);
            }
            module.requires(ModuleDesc.of("io.dmaheap.api"), 0, null);
            if (provides) {
                module.provides(PROVIDER, ClassDesc.of(provider()));
            }
            moduleDirectives.accept(module);
        }));
    }

    /** A zip archive of these files. */
    static byte[] zip(Map<String, byte[]> files) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            for (var entry : files.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException("in memory", e);
        }
        return bytes.toByteArray();
    }
}
