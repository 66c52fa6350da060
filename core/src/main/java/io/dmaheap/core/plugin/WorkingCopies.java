package io.dmaheap.core.plugin;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Private copies of the plugin jars, which are what is examined and loaded.
 *
 * <p>The jars are not used in place, since a class is read when it is first needed: {@code cp new.jar plugins/} over a jar in use
 * rewrites the same inode, and breaks the running plugin at the next class. With a copy, replacing works by any means, and what was
 * checked is what runs. Each copy lies in a folder of its own because the name of a plain jar's module comes from its file name.
 * All is gone when the last plugin is; what a killed process leaves is deleted by the next one. If the temporary directory is cleaned
 * meanwhile, plugins that run are not disturbed, as their jar is open, and the next copy makes the folder again.
 *
 * <p>Confined to the thread that owns the plugins.
 */
final class WorkingCopies {
    private final Path parent;
    private @Nullable CopyFolder folder;
    private boolean swept;
    private int copies;
    private int named;

    /** Copies for one directory, in a folder of its own below {@code parent}. */
    WorkingCopies(Path parent) {
        this.parent = parent;
    }

    Path parent() {
        return parent;
    }

    /**
     * Copies a jar.
     *
     * @throws PluginRejected if it is larger than {@link JarLimits#JAR}
     */
    Path copy(Path jar) throws IOException {
        try (FileChannel from = FileChannel.open(jar, StandardOpenOption.READ)) {
            String name = jar.getFileName().toString();
            JarLimits.requireJar(name, from.size());
            Path copy = folder().resolve(Integer.toString(named++)).resolve(name);
            copies++;
            try {
                write(from, copy);
                return copy;
            } catch (IOException | RuntimeException | Error e) {
                deleteAfter(e, copy);
                throw e;
            }
        }
    }

    private static void write(FileChannel from, Path copy) throws IOException {
        Files.createDirectory(copy.resolveSibling(""));
        try (FileChannel to = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            transfer(from, to, copy.getFileName().toString());
        }
    }

    private static void transfer(FileChannel from, FileChannel to, String name) throws IOException {
        long done = 0;
        long count;
        do {
            count = from.transferTo(done, JarLimits.JAR + 1 - done, to);
            done += count;
            JarLimits.requireJar(name, done); // it may have grown
        } while (count > 0);
    }

    private void deleteAfter(Throwable failure, Path copy) {
        try {
            delete(copy);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private Path folder() throws IOException {
        if (folder == null || !folder.exists()) {
            if (folder != null) {
                folder.close();
            }
            folder = CopyFolder.create(parent);
            if (!swept) {
                swept = true;
                folder.sweep();
            }
        }
        return folder.path();
    }

    /** Deletes a copy, or what is left of it. */
    void delete(Path copy) throws IOException {
        copies--;
        try {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(copy.resolveSibling(""));
        } finally {
            CopyFolder last = folder;
            if (copies == 0 && last != null) {
                folder = null;
                last.close();
            }
        }
    }
}
