package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.BAD_MANIFEST;
import static io.dmaheap.Problem.Kind.CORRUPT_JAR;
import static io.dmaheap.Problem.Kind.NO_PROVIDER;
import static io.dmaheap.Problem.Kind.SHADED_API;
import static io.dmaheap.Problem.Kind.UNRESOLVABLE_MODULE;

import io.dmaheap.spi.HeapProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.VersionManager;

/** Examines one jar by itself, and says in words what is wrong with it. */
final class JarInspector {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern API_CLASS =
            Pattern.compile("(META-INF/versions/\\d+/)?io/dmaheap/(spi/|tee/|watch/)?[^/]+\\.class");
    private static final String NATIVE_ACCESS = "Heap-Native-Access";
    private static final String GUIDE = "docs/plugins.md shows a complete manifest";

    private final VersionManager versions = new DefaultVersionManager();

    /**
     * Examines a jar.
     *
     * @param file where it was found
     * @param copy the copy to read
     * @throws PluginRejected with the first thing that is wrong
     */
    PluginJar inspect(Path file, Path copy) {
        String subject = file.getFileName().toString();
        try (var jar = new JarFile(copy.toFile())) {
            JarLimits.requireEntries(copy, subject);
            refuseShadedApi(jar, subject);
            Manifest manifest = jar.getManifest();
            if (manifest == null) {
                throw PluginRejected.because(BAD_MANIFEST, subject, "the jar has no META-INF/MANIFEST.MF", GUIDE);
            }
            PluginDescriptor descriptor = descriptor(copy, manifest.getMainAttributes(), subject);
            boolean needsNativeAccess = nativeAccess(manifest.getMainAttributes(), subject);
            return new PluginJar(file, copy, descriptor, module(copy, subject), needsNativeAccess);
        } catch (IOException e) {
            PluginRejected rejected = PluginRejected.because(
                    CORRUPT_JAR,
                    subject,
                    "this is no readable jar: " + e.getMessage(),
                    "Copy the jar again and compare checksums",
                    e);
            // The copy was just made, so what the file system refuses is for want of something, such as descriptors.
            throw e instanceof FileSystemException || e instanceof FileNotFoundException
                    ? rejected.passing()
                    : rejected;
        }
    }

    private static void refuseShadedApi(JarFile jar, String subject) {
        jar.stream()
                .map(java.util.zip.ZipEntry::getName)
                .filter(name -> API_CLASS.matcher(name).matches())
                .findFirst()
                .ifPresent(name -> {
                    throw PluginRejected.because(
                            SHADED_API,
                            subject,
                            "the jar contains a class of heap-api, " + name,
                            "Do not shade heap-api: give it the scope 'provided' and build the jar again");
                });
    }

    private PluginDescriptor descriptor(Path copy, Attributes attributes, String subject) {
        String id = attributes.getValue(ManifestPluginDescriptorFinder.PLUGIN_ID);
        if (id == null || !ID.matcher(id).matches()) {
            throw badAttribute(
                    subject, "Plugin-Id", id, "Use letters, digits, dots, dashes and underscores, such as vendor-heap");
        }
        String version = attributes.getValue(ManifestPluginDescriptorFinder.PLUGIN_VERSION);
        if (version == null || !valid(() -> versions.compareVersions(version, version))) {
            throw badAttribute(
                    subject, "Plugin-Version", version, "Use a semantic version with three numbers, such as 1.0.0");
        }
        PluginDescriptor descriptor = new ManifestPluginDescriptorFinder().find(copy);
        String range = "Use a range such as >=0.1.0 & <1.0.0";
        if (!valid(() -> versions.checkVersionConstraint("1.0.0", descriptor.getRequires()))) {
            throw badAttribute(subject, "Plugin-Requires", descriptor.getRequires(), range);
        }
        for (PluginDependency dependency : descriptor.getDependencies()) {
            boolean sound = ID.matcher(dependency.getPluginId()).matches()
                    && valid(() -> versions.checkVersionConstraint("1.0.0", dependency.getPluginVersionSupport()));
            if (!sound) {
                String text = attributes.getValue(ManifestPluginDescriptorFinder.PLUGIN_DEPENDENCIES);
                throw badAttribute(
                        subject,
                        "Plugin-Dependencies",
                        text,
                        "Write id@range, with commas between, such as base@>=1.0.0");
            }
        }
        return descriptor;
    }

    private static boolean nativeAccess(Attributes attributes, String subject) {
        String value = attributes.getValue(NATIVE_ACCESS);
        if (value != null && !value.equals("required")) {
            throw badAttribute(subject, NATIVE_ACCESS, value, "Write 'required' or leave the attribute out");
        }
        return value != null;
    }

    private static ModuleReference module(Path copy, String subject) {
        ModuleReference module;
        try {
            module = ModuleFinder.of(copy).findAll().iterator().next();
        } catch (FindException e) {
            throw PluginRejected.because(
                    UNRESOLVABLE_MODULE,
                    subject,
                    "the jar is no module: " + deepestMessage(e),
                    "Ask Java itself: jar --describe-module --file " + subject,
                    e);
        }
        if (providers(module.descriptor()) == 0) {
            throw PluginRejected.because(
                    NO_PROVIDER,
                    subject,
                    "the jar provides no " + HeapProvider.class.getName(),
                    "Add 'provides io.dmaheap.spi.HeapProvider with ...' to module-info.java, or a file"
                            + " META-INF/services/io.dmaheap.spi.HeapProvider to a plain jar");
        }
        return module;
    }

    /** How many providers of heaps a module declares; for a plain jar Java reads the services file into the descriptor. */
    static int providers(ModuleDescriptor descriptor) {
        return descriptor.provides().stream()
                .filter(provides -> provides.service().equals(HeapProvider.class.getName()))
                .mapToInt(provides -> provides.providers().size())
                .sum();
    }

    private static PluginRejected badAttribute(String subject, String name, @Nullable String value, String hint) {
        String what = value == null ? "the manifest has no " + name : "the manifest's " + name + " is '" + value + "'";
        return PluginRejected.because(BAD_MANIFEST, subject, what, hint);
    }

    /** The version library reports bad syntax by several unrelated exceptions, some of them of packages it does not export. */
    private static boolean valid(Runnable parse) {
        try {
            parse.run();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static String deepestMessage(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
