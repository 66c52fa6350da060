package io.dmaheap.linux.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The file that binding a socket made. It is deleted if its path still leads to it, by device and inode: the path may have been taken by
 * another listener or any other file.
 *
 * @param path where it was bound
 * @param key device and inode; null if the file was gone at once
 */
record SocketFile(Path path, @Nullable Object key) {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    /** The file of a socket that has just been bound. */
    static SocketFile bound(Path path) {
        return new SocketFile(path, find(path));
    }

    /** Deletes it if it is there. The socket must still be open, or the inode number may be that of another file. */
    void delete() {
        if (key == null || !key.equals(find(path))) {
            LOGGER.log(System.Logger.Level.DEBUG, "{0} is not the file of this listener any more", path);
            return;
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "cannot remove the socket file " + path, e);
        }
    }

    private static @Nullable Object find(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isOther() ? attributes.fileKey() : null;
        } catch (IOException _) {
            return null;
        }
    }
}
