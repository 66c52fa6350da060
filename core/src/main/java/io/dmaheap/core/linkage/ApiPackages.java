package io.dmaheap.core.linkage;

import java.util.Set;

/** The packages that a plugin may use without naming another plugin, as parts of internal names. */
public final class ApiPackages {
    static final String ALLOCATORS = "io/dmaheap/allocators";

    private static final Set<String> FOR_PLUGINS = Set.of("io/dmaheap", "io/dmaheap/spi", "io/dmaheap/tee", ALLOCATORS);
    private static final Set<String> API =
            Set.of("io/dmaheap", "io/dmaheap/size", "io/dmaheap/spi", "io/dmaheap/tee", "io/dmaheap/watch");

    private ApiPackages() {}

    /** Whether a package, such as {@code io/dmaheap/spi}, is one of heap-api. */
    public static boolean isApi(String packageName) {
        return API.contains(packageName);
    }

    /** Whether a package of heap-api or heap-allocators is exported to every plugin. */
    static boolean isForPlugins(String packageName) {
        return FOR_PLUGINS.contains(packageName);
    }

    /** The package of a class, empty if it is in none. */
    public static String packageOf(String className) {
        int end = className.lastIndexOf('/');
        return end < 0 ? "" : className.substring(0, end);
    }

    /** Where a class of dmaheap would be if there were one of that name, for a message. */
    static String artifactOf(String className) {
        return packageOf(className).equals(ALLOCATORS) ? "heap-allocators" : "heap-api";
    }
}
