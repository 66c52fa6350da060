package io.dmaheap.watch;

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
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A directory, and which of its files count.
 *
 * @param path where it is, or will be
 * @param role what it is for, as in "cannot list the plugin directory"
 * @param names whether a file of this name counts
 * @param optional whether it may be missing, which is then the same as empty
 */
public record Folder(Path path, String role, Predicate<String> names, boolean optional) {

    /**
     * Lists the files that count. A file that vanishes meanwhile is not in the list.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if the path is no directory that this user may read;
     *     {@link ErrorCode#TOO_MANY_FILES}, {@link ErrorCode#SYSTEM_ERROR}
     */
    public FolderListing list() {
        var files = new TreeMap<Path, Fingerprint>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, this::counts)) {
            entries.forEach(file -> Fingerprint.of(file).ifPresent(print -> files.put(file, print)));
        } catch (NoSuchFileException | NotDirectoryException e) {
            if (!optional) {
                throw unlistable(e);
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw unlistable(e);
        }
        return new FolderListing(files);
    }

    private boolean counts(Path file) {
        return names.test(file.getFileName().toString());
    }

    private HeapException unlistable(Exception e) {
        String what = "cannot list " + role + " " + path + ": ";
        HeapException.Builder builder = switch (e) {
            case NoSuchFileException none ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "there is none")
                        .errno("ENOENT")
                        .hint("Create it, or name another one");
            case NotDirectoryException file ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "it is no directory")
                        .errno("ENOTDIR")
                        .hint("Name the directory that the files are in");
            case AccessDeniedException denied ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "this user may not read it")
                        .errno("EACCES")
                        .hint("See its owner and mode: ls -ld " + path);
            // The JDK gives these errors in the words of the C library only.
            case FileSystemException loop
            when "Too many levels of symbolic links".equals(loop.getReason()) ->
                HeapException.of(ErrorCode.INVALID_CONFIGURATION, what + "its links lead in a circle")
                        .errno("ELOOP")
                        .hint("See where they lead: namei -l " + path);
            case FileSystemException full
            when "Too many open files".equals(full.getReason()) ->
                HeapException.of(ErrorCode.TOO_MANY_FILES, what + "no file descriptor is left")
                        .errno("EMFILE")
                        .hint("Close buffers, or raise the limit: ulimit -n");
            default -> HeapException.of(ErrorCode.SYSTEM_ERROR, what + e);
        };
        return builder.cause(e).build();
    }
}
