package io.dmaheap.core.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.ByteBuffer;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.security.SecureClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the one module of a plugin jar, and can be closed. The JDK's own loader for layers keeps the jar open until it is
 * collected, which is too late for whoever wants to replace the file.
 *
 * <p>A class comes from this jar if its package does, from the module that the plugin reads if that exports the package to it, and
 * from the JDK's loaders otherwise. The application's class path is out of sight, and so are its modules, except to reflection that
 * cannot reach into them. Resources are encapsulated as the module system demands: those in a package are for the plugin itself, for
 * others only if the descriptor opens the package. Signatures were verified when the jar was read; what is loaded is a private copy.
 *
 * <p>Safe for use by several threads. After {@link #close()} the classes that were loaded still work; others are not found.
 */
final class JarLoader extends SecureClassLoader implements Closeable {
    static {
        registerAsParallelCapable();
    }

    private final ModuleDescriptor descriptor;
    private final Set<String> packages;
    private final ModuleReader reader;
    private final CodeSource source;
    private volatile Map<String, ClassLoader> readPackages = Map.of();

    JarLoader(String name, ModuleReference module) throws IOException {
        super(name, ClassLoader.getPlatformClassLoader());
        descriptor = module.descriptor();
        packages = descriptor.packages();
        source = new CodeSource(module.location().orElseThrow().toURL(), (CodeSigner[]) null);
        reader = module.open();
    }

    /** Learns where the packages live that the module reads. Called before the first class is loaded, when the layer exists. */
    void link(Module module, ResolvedModule resolved) {
        var found = new HashMap<String, ClassLoader>();
        for (ResolvedModule read : resolved.reads()) {
            Module other = module.getLayer().findModule(read.name()).orElseThrow();
            ClassLoader loader = other.getClassLoader();
            if (loader == null || loader == getParent()) {
                continue;
            }
            for (String packageName : other.getPackages()) {
                if (other.isExported(packageName, module)) {
                    found.put(packageName, loader);
                }
            }
        }
        readPackages = Map.copyOf(found);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                String packageName = packageOf(name, '.');
                ClassLoader other = readPackages.get(packageName);
                if (packages.contains(packageName)) {
                    loaded = findClass(name);
                } else {
                    loaded = (other == null ? getParent() : other).loadClass(name);
                }
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try {
            Class<?> found = packages.contains(packageOf(name, '.')) ? define(name) : null;
            if (found != null) {
                return found;
            }
        } catch (IOException e) {
            throw new ClassNotFoundException(name + " in " + this + ", which is closed or damaged", e);
        }
        throw new ClassNotFoundException(name + " in " + this);
    }

    /** The way in which {@link java.util.ServiceLoader} asks. */
    @Override
    protected @Nullable Class<?> findClass(@Nullable String moduleName, String name) {
        try {
            return descriptor.name().equals(moduleName) ? define(name) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable Class<?> define(String name) throws IOException {
        ByteBuffer bytes = reader.read(name.replace('.', '/') + ".class").orElse(null);
        if (bytes == null) {
            return null;
        }
        try {
            return defineClass(name, bytes, source);
        } finally {
            reader.release(bytes);
        }
    }

    @Override
    protected @Nullable URL findResource(@Nullable String moduleName, String name) throws IOException {
        return descriptor.name().equals(moduleName) ? resource(name) : null;
    }

    @Override
    public @Nullable URL findResource(String name) {
        String packageName = packageOf(name, '/').replace('/', '.');
        boolean hidden = packages.contains(packageName) && !name.endsWith(".class") && !isOpen(packageName);
        try {
            return hidden ? null : resource(name);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public Enumeration<URL> findResources(String name) {
        URL found = findResource(name);
        return Collections.enumeration(found == null ? List.of() : List.of(found));
    }

    /** Closes the jar. Waits for reads that are under way. */
    @Override
    public void close() throws IOException {
        reader.close();
    }

    @Override
    public String toString() {
        return "plugin " + getName();
    }

    private @Nullable URL resource(String name) throws IOException {
        URI found = reader.find(name).orElse(null);
        return found == null ? null : URL.of(found, new Uncached());
    }

    private boolean isOpen(String packageName) {
        return descriptor.isOpen()
                || descriptor.isAutomatic()
                || descriptor.opens().stream()
                        .anyMatch(
                                opens -> !opens.isQualified() && opens.source().equals(packageName));
    }

    private static String packageOf(String name, char separator) {
        int end = name.lastIndexOf(separator);
        return end < 0 ? "" : name.substring(0, end);
    }

    /** Opens {@code jar:} URLs past the JDK's cache of open jars, which nothing would ever empty. */
    private static final class Uncached extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            URLConnection connection = plain(url).openConnection();
            connection.setUseCaches(false);
            return connection;
        }

        private static URL plain(URL url) throws MalformedURLException {
            return URI.create(url.toExternalForm()).toURL();
        }
    }
}
