package io.dmaheap.core.plugin;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder below the temporary directory that belongs to this process. A lock on a file in it, which the kernel ends with the process,
 * tells the folders of living processes from those that can be deleted.
 *
 * <p>The name has the process and its start, since a process that opened and closed the lock file of a folder of its own would end the
 * lock (fcntl(2)); so it leaves these alone. Whether others still live, only the lock says: numbers of processes mean nothing in the
 * next container.
 */
final class CopyFolder implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(CopyFolder.class.getName());
    private static final String PREFIX = "dmaheap-plugins-";
    private static final String OWN_PREFIX = ownPrefix();
    private static final String LOCK = ".lock";
    private static final int ATTEMPTS = 10;

    private final Path path;
    private final @Nullable FileChannel lock;

    private CopyFolder(Path path, @Nullable FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes a folder that only this user may enter. */
    static CopyFolder create(Path parent) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path path = Files.createTempDirectory(parent, OWN_PREFIX);
            try {
                FileChannel lock =
                        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var made = new CopyFolder(path, lock);
                if (claim(lock) && Files.exists(path.resolve(LOCK))) {
                    return made;
                }
                made.close();
            } catch (NoSuchFileException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "a new folder was swept before it was locked", e);
            } catch (IOException e) {
                Files.deleteIfExists(path);
                throw e;
            }
        }
        throw new NoSuchFileException(parent + "/" + OWN_PREFIX, null, "it is deleted as soon as it is made");
    }

    /** False if another process is sweeping the folder. Without locks in the file system nothing is ever swept there. */
    private static boolean claim(FileChannel lock) {
        try {
            return lock.tryLock() != null;
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the temporary directory has no locks", e);
            return true;
        }
    }

    private static String ownPrefix() {
        ProcessHandle self = ProcessHandle.current();
        long start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return PREFIX + self.pid() + "-" + start + "-";
    }

    Path path() {
        return path;
    }

    /** Whether the folder is still there: a cleaner of temporary files may have removed it. */
    boolean exists() {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Deletes the folder, which has to be empty but for the lock, and ends the lock. */
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(path.resolve(LOCK));
            Files.deleteIfExists(path);
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    /** Deletes what processes of the same user that ended have left behind. */
    void sweep() {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(path.resolveSibling(""), PREFIX + "*")) {
            Object user = Files.getOwner(path);
            for (Path folder : folders) {
                boolean own = folder.getFileName().toString().startsWith(OWN_PREFIX);
                if (!own
                        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && user.equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS))) {
                    sweep(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "old working copies were not all deleted", e);
        }
    }

    private static void sweep(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                deleteTree(folder);
                LOGGER.log(System.Logger.Level.DEBUG, "deleted {0}, whose process has ended", folder);
            }
        } catch (NoSuchFileException e) {
            deleteIfEmpty(folder); // its process is between two steps, and makes another, or has ended there
        } catch (OverlappingFileLockException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "this process has {0}", folder);
        }
    }

    /** The lock file last, so that what an interruption leaves is swept the next time. */
    private static void deleteTree(Path folder) throws IOException {
        Path lock = folder.resolve(LOCK);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(file -> !file.equals(lock) && !file.equals(folder))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(lock);
        Files.deleteIfExists(folder);
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "{0} has no lock: its owner is unknown", folder);
        }
    }
}
