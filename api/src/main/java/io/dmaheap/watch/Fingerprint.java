package io.dmaheap.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells one content of a path from the next without reading it. Follows links.
 *
 * @param size in bytes
 * @param modified when the content was last written; {@code cp -p} sets it to any value
 * @param changed when content or attributes were last changed (ctime), which no program can set; null where the file system has none
 * @param key device and inode, which differ if a file was renamed over another
 * @param mode type and permissions as in {@code st_mode}, 0 where the file system has none
 * @param readable whether this process may read it
 * @param link whether the path itself is a symbolic link
 */
public record Fingerprint(
        long size,
        FileTime modified,
        @Nullable FileTime changed,
        @Nullable Object key,
        int mode,
        boolean readable,
        boolean link) {
    private static final FileTime EPOCH = FileTime.fromMillis(0);
    private static final String UNIX = "unix:size,lastModifiedTime,ctime,fileKey,mode,isSymbolicLink";

    /** Of a path. Empty if there is nothing there; a link to nowhere is something. */
    public static Optional<Fingerprint> of(Path file) {
        try {
            Fingerprint own = read(file, false, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(own.link ? ofTarget(file) : own);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(unknown(false));
        }
    }

    private static Fingerprint ofTarget(Path link) {
        try {
            return read(link, true);
        } catch (IOException e) {
            return unknown(true);
        }
    }

    private static Fingerprint unknown(boolean link) {
        return new Fingerprint(0, EPOCH, null, null, 0, false, link);
    }

    private static Fingerprint read(Path file, boolean link, LinkOption... options) throws IOException {
        try {
            Map<String, Object> unix = Files.readAttributes(file, UNIX, options);
            return new Fingerprint(
                    required(unix, "size", Long.class),
                    required(unix, "lastModifiedTime", FileTime.class),
                    required(unix, "ctime", FileTime.class),
                    unix.get("fileKey"),
                    required(unix, "mode", Integer.class),
                    Files.isReadable(file),
                    link || required(unix, "isSymbolicLink", Boolean.class));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return readBasic(file, link, options);
        }
    }

    private static <T> T required(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name), name));
    }

    /** For file systems without the attributes of Unix. */
    static Fingerprint readBasic(Path file, boolean link, LinkOption... options) throws IOException {
        var basic = Files.readAttributes(file, BasicFileAttributes.class, options);
        return new Fingerprint(
                basic.size(),
                basic.lastModifiedTime(),
                null,
                basic.fileKey(),
                0,
                Files.isReadable(file),
                link || basic.isSymbolicLink());
    }

    /**
     * Whether only attributes differ that {@code chmod} or another hard link change as well. The content may still be another: the one
     * who needs to know compares it.
     */
    public boolean differsInStatusOnly(Fingerprint other) {
        return !equals(other)
                && size == other.size
                && modified.equals(other.modified)
                && Objects.equals(key, other.key)
                && readable == other.readable
                && link == other.link;
    }
}
