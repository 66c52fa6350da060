package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.CORRUPT_JAR;
import static io.dmaheap.Problem.Kind.SHADED_API;
import static io.dmaheap.Problem.Kind.UNLOADABLE_CLASS;

import io.dmaheap.core.linkage.ApiPackages;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** The classes of a plugin, each examined by itself. */
final class JarContents {
    private static final String CLASS = ".class";
    private static final String VERSIONS = "META-INF/versions/";
    /** More than any plugin has, and little enough to be held while the jar is examined. */
    private static final int MAX_CLASSES = 64 << 20;

    private static final String BUILD_AGAIN = "Build the jar again";

    private final JarFindings findings;
    private final Map<String, ClassModel> classes = new TreeMap<>();
    private long bytes;
    private boolean shaded;

    private JarContents(JarFindings findings) {
        this.findings = findings;
    }

    /** Reads a jar. What is wrong with a class is among the findings, and the class is left out. */
    static JarContents of(JarFile jar, JarFindings findings) throws IOException {
        var contents = new JarContents(findings);
        Set<String> names = new HashSet<>();
        List<JarEntry> entries = jar.stream().toList();
        for (JarEntry entry : entries) {
            String name = entry.getName();
            if (!names.add(name) && !entry.isDirectory()) {
                findings.add(CORRUPT_JAR, "the jar contains " + name + " twice", BUILD_AGAIN);
                return contents;
            }
        }
        for (JarEntry entry : entries) {
            if (contents.isExamined(entry.getName())) {
                contents.add(entry.getName(), read(jar, entry, MAX_CLASSES - contents.bytes));
            }
        }
        return contents;
    }

    /** Reads a directory of classes. */
    static JarContents of(Path directory, JarFindings findings) throws IOException {
        var contents = new JarContents(findings);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = directory.relativize(file).toString().replace('\\', '/');
            if (contents.isExamined(name)) {
                contents.add(name, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    /** The sound classes, by internal name. */
    Map<String, ClassModel> classes() {
        return classes;
    }

    private boolean isExamined(String entry) {
        if (!entry.endsWith(CLASS) || entry.equals("module-info.class") || entry.endsWith("/module-info.class")) {
            return false;
        }
        String path = entry.startsWith(VERSIONS) ? entry.substring(entry.indexOf('/', VERSIONS.length()) + 1) : entry;
        if (ApiPackages.isApi(ApiPackages.packageOf(path))) {
            if (!shaded) {
                shaded = true;
                findings.add(
                        SHADED_API,
                        "the jar contains a class of heap-api, " + entry,
                        "Do not shade heap-api: give it the scope 'provided' and build the jar again");
            }
            return false;
        }
        if (entry.startsWith(VERSIONS)) {
            findings.add(
                    UNLOADABLE_CLASS,
                    "the jar contains code for some versions of Java only, " + entry,
                    "Plugins run on Java 25 and later: build one set of classes, without META-INF/versions");
            return false;
        }
        return !entry.startsWith("META-INF/");
    }

    private static byte[] read(JarFile jar, JarEntry entry, long room) throws IOException {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readNBytes(Math.toIntExact(room) + 1);
        }
        if (bytes.length > room) {
            throw new IOException("its classes are larger than " + (MAX_CLASSES >> 20) + " MiB");
        }
        var sum = new CRC32();
        sum.update(bytes);
        if (sum.getValue() != entry.getCrc()) {
            throw new IOException(entry.getName() + " does not match its checksum");
        }
        return bytes;
    }

    private void add(String entry, byte[] content) {
        bytes += content.length;
        String name = entry.substring(0, entry.length() - CLASS.length());
        int needed = versionOf(content);
        if (needed > Runtime.version().feature()) {
            unloadable(
                    entry,
                    "is compiled for Java " + needed + ", and this is Java "
                            + Runtime.version().feature(),
                    "Compile it with --release " + Runtime.version().feature() + ", or run a later Java");
            return;
        }
        ClassModel model;
        try {
            model = ClassFile.of().parse(content);
            // The parser has walked over fields and methods by now; what follows them it reads when asked for.
            model.attributes().forEach(Objects::requireNonNull);
        } catch (RuntimeException e) {
            unloadable(entry, "is damaged: " + e.getMessage(), BUILD_AGAIN + " and compare checksums");
            return;
        }
        if (model.minorVersion() == ClassFile.PREVIEW_MINOR_VERSION) {
            unloadable(entry, "uses preview features of one version of Java", "Compile it without --enable-preview");
        } else if (!model.thisClass().asInternalName().equals(name)) {
            unloadable(
                    entry,
                    "contains the class " + model.thisClass().asInternalName(),
                    "Put each class where its name says, or add it by: jar --update");
        } else if (name.startsWith("java/")) {
            unloadable(entry, "is in a package of the JDK, where no plugin can have classes", "Remove it from the jar");
        } else {
            classes.put(name, model);
        }
    }

    /** The release of Java that a class file is for, or 0 if it is none; the parser knows no later one than its own. */
    private static int versionOf(byte[] content) {
        boolean isClass = content.length >= 8 && ByteBuffer.wrap(content).getInt() == ClassFile.MAGIC_NUMBER;
        return isClass ? ByteBuffer.wrap(content).getShort(6) - ClassFile.JAVA_1_VERSION + 1 : 0;
    }

    private void unloadable(String entry, String why, String hint) {
        findings.add(UNLOADABLE_CLASS, entry + " " + why, hint);
    }
}
