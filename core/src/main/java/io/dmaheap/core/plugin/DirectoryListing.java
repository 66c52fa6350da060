package io.dmaheap.core.plugin;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if it is no directory that may be read;
     *     {@link ErrorCode#TOO_MANY_FILES}, {@link ErrorCode#SYSTEM_ERROR}
     */
    static DirectoryListing of(Path directory) {
        var jars = new TreeMap<Path, Fingerprint>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, DirectoryListing::isJarName)) {
            files.forEach(file -> jars.put(file, Fingerprint.of(file)));
        } catch (IOException | DirectoryIteratorException e) {
            throw unlistable(directory, e);
        }
        return new DirectoryListing(jars);
    }

    private static HeapException unlistable(Path directory, Exception e) {
        String what = "cannot list the plugin directory " + directory + ": ";
        HeapException.Builder builder = switch (e) {
            case NoSuchFileException none ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "there is none")
                        .errno("ENOENT")
                        .hint("Create it, or name another one");
            case NotDirectoryException file ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "it is no directory")
                        .errno("ENOTDIR")
                        .hint("Name the directory that the jars are in");
            case AccessDeniedException denied ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "this user may not read it")
                        .errno("EACCES")
                        .hint("See its owner and mode: ls -ld " + directory);
            // The JDK tells these errors in the C library's words only.
            case FileSystemException full
            when "Too many open files".equals(full.getReason()) ->
                HeapException.of(ErrorCode.TOO_MANY_FILES, what + "no file descriptor is left")
                        .errno("EMFILE")
                        .hint("Close buffers, or raise the limit: ulimit -n");
            default -> HeapException.of(ErrorCode.SYSTEM_ERROR, what + e);
        };
        return builder.cause(e).build();
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
