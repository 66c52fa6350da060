package io.dmaheap.core.plugin;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.watch.Fingerprint;
import io.dmaheap.watch.Folder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The jars of a directory at one moment, by path. Hidden names are left out, so that an installer can write {@code .new.jar} and
 * rename it.
 *
 * @param jars those that are at rest
 * @param moving those that change just now: what is loaded from them stays as it is
 */
record DirectoryListing(SortedMap<Path, Fingerprint> jars, Set<Path> moving) {

    DirectoryListing {
        jars = Collections.unmodifiableSortedMap(jars);
    }

    /** A plugin directory, to list or to watch. */
    static Folder folder(Path directory) {
        return new Folder(directory, "the plugin directory", DirectoryListing::isJarName, false);
    }

    /**
     * Lists a directory.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if it is no directory that may be read;
     *     {@link ErrorCode#TOO_MANY_FILES}, {@link ErrorCode#SYSTEM_ERROR}
     */
    static DirectoryListing of(Path directory) {
        return of(directory, Set.of());
    }

    /** Lists a directory in which some jars change just now. */
    static DirectoryListing of(Path directory, Set<Path> moving) {
        var jars = new TreeMap<>(folder(directory).list().files());
        jars.keySet().removeAll(moving);
        return new DirectoryListing(jars, moving);
    }

    private static boolean isJarName(String name) {
        return name.endsWith(".jar") && !name.startsWith(".");
    }
}
