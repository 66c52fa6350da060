package io.dmaheap.core.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Private copies of the plugin jars, which are what is examined and loaded.
 *
 * <p>The jars are not used in place, since a class is read when it is first needed: {@code cp new.jar plugins/} over a jar in use
 * rewrites the same inode, and breaks the running plugin at the next class. With a copy, replacing works by any means, and what was
 * checked is what runs. Each copy lies in a folder of its own because the name of a plain jar's module comes from its file name.
 * All is gone when the last plugin is; a killed process leaves the folder to the cleaning of the temporary directory.
 *
 * <p>Confined to the thread that owns the plugins.
 */
final class WorkingCopies {
    private final Path parent;
    private @Nullable Path root;
    private int copies;
    private int named;

    /** Copies for one directory, in a folder of its own below {@code parent}. */
    WorkingCopies(Path parent) {
        this.parent = parent;
    }

    Path copy(Path jar) throws IOException {
        if (root == null) {
            root = Files.createTempDirectory(parent, "dmaheap-plugins-");
        }
        Path folder = Files.createDirectory(root.resolve(Integer.toString(named++)));
        copies++;
        Path copy = folder.resolve(jar.getFileName().toString());
        try {
            return Files.copy(jar, copy);
        } catch (IOException e) {
            delete(copy);
            throw e;
        }
    }

    void delete(Path copy) throws IOException {
        Files.deleteIfExists(copy);
        Files.delete(copy.resolveSibling(""));
        copies--;
        if (copies == 0 && root != null) {
            Files.delete(root);
            root = null;
        }
    }
}
