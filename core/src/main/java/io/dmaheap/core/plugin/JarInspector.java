package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.BAD_MANIFEST;
import static io.dmaheap.Problem.Kind.CORRUPT_JAR;
import static io.dmaheap.Problem.Kind.INCOMPATIBLE_API;
import static io.dmaheap.Problem.Kind.NO_PROVIDER;
import static io.dmaheap.Problem.Kind.UNRESOLVABLE_MODULE;

import io.dmaheap.Problem;
import io.dmaheap.core.linkage.ApiReferences;
import io.dmaheap.spi.Framework;
import io.dmaheap.spi.HeapProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.reflect.AccessFlag;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Examines one jar by itself, and says in words what is wrong with it. The one judge of jars: the loader asks it, and so does the
 * testkit, through {@link Framework#inspect}. Loads no class of the jar. Not safe for use by several threads.
 */
public final class JarInspector {
    private static final String GUIDE = "docs/plugins.md shows a complete manifest";

    static {
        PluginLogging.start(); // no class of PF4J is used before the first inspector is made
    }

    private final ApiReferences references = new ApiReferences();

    /** An inspector for any number of jars. */
    public JarInspector() {}

    /**
     * Examines a jar that is to be loaded.
     *
     * @param file where it was found
     * @param copy the copy to read
     * @throws PluginRejected with the first thing that is wrong
     */
    PluginJar inspect(Path file, Path copy) {
        var findings = new JarFindings(file.getFileName().toString());
        Optional<PluginJar> sound = examine(file, copy, findings);
        findings.reject();
        return sound.orElseThrow();
    }

    /**
     * Examines a jar outside a plugin directory, as a verifier does.
     *
     * @param plugin a jar, or a directory of classes
     * @return all that is wrong, as {@link Framework#inspect} says
     */
    public List<Problem> problems(Path plugin) {
        var findings = new JarFindings(
                plugin.toAbsolutePath().normalize().getFileName().toString());
        if (Files.isDirectory(plugin)) {
            try {
                examineDirectory(plugin, findings);
            } catch (IOException e) {
                findings.add(CORRUPT_JAR, "the directory cannot be read: " + e, "Check its permissions", e);
            }
        } else if (Files.exists(plugin) && !Files.isRegularFile(plugin)) {
            findings.add(CORRUPT_JAR, "this is no regular file", "Give the jar itself");
        } else {
            examine(plugin, plugin, findings)
                    .flatMap(jar -> new LayeredPluginManager(JarInspector::unloaded).apiProblem(jar))
                    .ifPresent(findings::add);
        }
        return findings.all();
    }

    private void examineDirectory(Path directory, JarFindings findings) throws IOException {
        JarContents contents = JarContents.of(directory, findings);
        if (Files.exists(directory.resolve("module-info.class"))) {
            examineClasses(directory, contents, true, findings);
            return;
        }
        // Only a jar becomes a module without a descriptor; its providers are named like this.
        Path services = directory.resolve("META-INF/services").resolve(HeapProvider.class.getName());
        List<String> providers = Files.exists(services)
                ? Files.readString(services)
                        .lines()
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filter(line -> !line.isEmpty())
                        .toList()
                : List.of();
        ApiReferences.Jar jar = references.jar(contents.classes());
        examineProviders(providers, true, jar, findings);
        examineReferences(jar, true, findings);
    }

    private static InstalledPlugin unloaded(Path copy) {
        throw new IllegalStateException("nothing is loaded from " + copy);
    }

    private Optional<PluginJar> examine(Path file, Path copy, JarFindings findings) {
        try (var jar = new JarFile(copy.toFile())) {
            JarLimits.requireEntries(copy, findings.subject());
            JarIdentity identity = JarIdentity.of(copy, findings.subject());
            JarContents contents = JarContents.of(jar, findings);
            Optional<PluginManifest> manifest = manifest(jar, copy, findings);
            boolean mayUseOthers = manifest.map(
                            read -> !read.descriptor().getDependencies().isEmpty())
                    .orElse(true);
            Optional<ModuleReference> module = examineClasses(copy, contents, mayUseOthers, findings);
            return findings.isEmpty()
                    ? Optional.of(new PluginJar(
                            file,
                            copy,
                            manifest.orElseThrow().descriptor(),
                            module.orElseThrow(),
                            manifest.orElseThrow().needsNativeAccess(),
                            identity))
                    : Optional.empty();
        } catch (PluginRejected e) {
            findings.add(e.problem());
            return Optional.empty();
        } catch (IOException e) {
            findings.add(
                    CORRUPT_JAR,
                    "this is no readable jar: " + e.getMessage(),
                    "Copy the jar again and compare checksums",
                    e);
            // The copy was just made, so what the file system refuses is for want of something, such as descriptors.
            if (e instanceof FileSystemException || e instanceof FileNotFoundException) {
                findings.mayPass();
            }
            return Optional.empty();
        }
    }

    private static Optional<PluginManifest> manifest(JarFile jar, Path copy, JarFindings findings) throws IOException {
        Manifest manifest = jar.getManifest();
        if (manifest == null) {
            findings.add(BAD_MANIFEST, "the jar has no META-INF/MANIFEST.MF", GUIDE);
            return Optional.empty();
        }
        return PluginManifest.read(copy, manifest.getMainAttributes(), findings);
    }

    private Optional<ModuleReference> examineClasses(
            Path plugin, JarContents contents, boolean mayUseOthers, JarFindings findings) {
        Optional<ModuleReference> module = module(plugin, findings);
        ApiReferences.Jar jar = references.jar(contents.classes());
        module.map(ModuleReference::descriptor)
                .ifPresent(
                        descriptor -> examineProviders(providers(descriptor), descriptor.isAutomatic(), jar, findings));
        examineReferences(jar, mayUseOthers, findings);
        return module;
    }

    private static void examineReferences(ApiReferences.Jar jar, boolean mayUseOthers, JarFindings findings) {
        jar.unresolved(mayUseOthers)
                .forEach(
                        reference -> findings.add(
                                INCOMPATIBLE_API,
                                reference.toString(),
                                "Compile the plugin against heap-api " + Framework.API_LEVEL
                                        + ", or say in Plugin-Requires which later level it needs and run a dmaheap that has it"));
    }

    private static Optional<ModuleReference> module(Path plugin, JarFindings findings) {
        try {
            return ModuleFinder.of(plugin).findAll().stream().findFirst();
        } catch (FindException e) {
            findings.add(
                    UNRESOLVABLE_MODULE,
                    "the jar is no module: " + deepestMessage(e),
                    "A jar without module-info.class is named by Automatic-Module-Name of its manifest, else by its file, and each"
                            + " part of the name begins with a letter: rename it, or see what Java says:"
                            + " `jar --describe-module --file " + findings.subject() + "`",
                    e);
            return Optional.empty();
        }
    }

    private static void examineProviders(
            List<String> providers, boolean automatic, ApiReferences.Jar jar, JarFindings findings) {
        if (providers.isEmpty()) {
            findings.add(
                    NO_PROVIDER,
                    "the jar provides no " + HeapProvider.class.getName(),
                    "Add 'provides io.dmaheap.spi.HeapProvider with ...' to module-info.java, or a file"
                            + " META-INF/services/io.dmaheap.spi.HeapProvider to a plain jar");
        }
        for (String provider : providers) {
            String name = provider.replace('.', '/');
            @Nullable String flaw = flaw(name, automatic, jar, findings);
            if (flaw != null) {
                findings.add(
                        NO_PROVIDER,
                        "the provider " + provider + " " + flaw,
                        "A provider is a public class that implements io.dmaheap.spi.HeapProvider and has a public"
                                + " constructor without parameters");
            }
        }
    }

    /** What would keep {@link java.util.ServiceLoader} from instantiating a provider. */
    private static @Nullable String flaw(String name, boolean automatic, ApiReferences.Jar jar, JarFindings findings) {
        ClassModel model = jar.classes().get(name);
        if (model == null) {
            // A class that is there and was left out has its finding.
            return findings.mentions(name + ".class") ? null : "is not in the jar";
        }
        if (!model.flags().has(AccessFlag.PUBLIC)) {
            return "is not public";
        }
        if (!automatic && has(model, "provider", "()", true)) {
            return null;
        }
        if (model.flags().has(AccessFlag.ABSTRACT)) {
            return "is abstract";
        }
        if (!has(model, "<init>", "()", false)) {
            return "has no public constructor without parameters";
        }
        return jar.mayBe(name, HeapProvider.class) ? null : "does not implement " + HeapProvider.class.getName();
    }

    private static boolean has(ClassModel model, String name, String parameters, boolean isStatic) {
        return model.methods().stream().anyMatch(method -> isMethod(method, name, parameters, isStatic));
    }

    private static boolean isMethod(MethodModel method, String name, String parameters, boolean isStatic) {
        return method.methodName().equalsString(name)
                && method.methodType().stringValue().startsWith(parameters)
                && method.flags().has(AccessFlag.PUBLIC)
                && method.flags().has(AccessFlag.STATIC) == isStatic;
    }

    /** The providers of heaps that a module declares; for a plain jar Java reads the services file into the descriptor. */
    static List<String> providers(ModuleDescriptor descriptor) {
        return descriptor.provides().stream()
                .filter(provides -> provides.service().equals(HeapProvider.class.getName()))
                .flatMap(provides -> provides.providers().stream())
                .toList();
    }

    private static String deepestMessage(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
