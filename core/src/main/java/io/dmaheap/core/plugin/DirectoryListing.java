package io.dmaheap.core.plugin;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The jars of a directory at one moment, by path. Hidden names are left out, so that an installer can write {@code .new.jar} and
 * rename it.
 */
record DirectoryListing(SortedMap<Path, Fingerprint> jars) {

    DirectoryListing {
        jars = Collections.unmodifiableSortedMap(jars);
    }

    /**
     * Lists a directory.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if it cannot be listed
     */
    static DirectoryListing of(Path directory) {
        var jars = new TreeMap<Path, Fingerprint>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, DirectoryListing::isJarName)) {
            files.forEach(file -> jars.put(file, Fingerprint.of(file)));
        } catch (IOException | DirectoryIteratorException e) {
            throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, "cannot list the plugin directory " + directory)
                    .hint("Check that it is a directory and that this user may read it: ls -ld " + directory)
                    .cause(e)
                    .build();
        }
        return new DirectoryListing(jars);
    }

    private static boolean isJarName(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && !name.startsWith(".");
    }

    /**
     * What tells one content of a path from the next without reading it. The key (the inode) catches a file renamed over another
     * of the same size and time; readability is in it so that {@code chmod} counts as a change.
     */
    record Fingerprint(
            long size, FileTime modified, @Nullable Object key, boolean readable) {
        private static final Fingerprint NOTHING = new Fingerprint(0, FileTime.fromMillis(0), null, false);

        boolean isNothing() {
            return equals(NOTHING);
        }

        /** Of a file, which may be missing (a dangling link) or unreadable: that comes out when it is read. */
        static Fingerprint of(Path file) {
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Fingerprint(
                        attributes.size(), attributes.lastModifiedTime(), attributes.fileKey(), Files.isReadable(file));
            } catch (IOException e) {
                return NOTHING;
            }
        }
    }
}
