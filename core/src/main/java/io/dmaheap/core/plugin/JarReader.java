package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.CORRUPT_JAR;

import io.dmaheap.core.plugin.DirectoryListing.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns a file of the directory into an installed plugin, sound or failed. Confined to the thread that owns the plugins. */
final class JarReader {
    /** How often a file is read that changes every time; what then comes of it, the next scan puts right. */
    private static final int LOOKS = 3;

    private static final System.Logger LOGGER = System.getLogger(JarReader.class.getName());

    private final WorkingCopies copies;
    private final JarInspector inspector = new JarInspector();

    /** Keeps its working copies below {@code temporary}. */
    JarReader(Path temporary) {
        copies = new WorkingCopies(temporary);
    }

    /**
     * Reads a file, and again if it changes meanwhile: a passing state is no problem to tell of.
     *
     * @param listed what it looked like when the directory was listed
     * @return the plugin, or empty if the file has vanished
     */
    Optional<InstalledPlugin> read(Path file, Fingerprint listed) {
        Fingerprint before = listed;
        for (int look = 1; ; look++) {
            InstalledPlugin plugin = examined(file, before);
            Fingerprint after = Fingerprint.of(file);
            if (after.equals(before) || look == LOOKS) {
                return Optional.of(plugin);
            }
            discard(plugin);
            if (after.isNothing()) {
                return Optional.empty();
            }
            before = after;
        }
    }

    /** Deletes the working copy of a plugin that is not loaded. */
    void discard(InstalledPlugin plugin) {
        PluginJar jar = plugin.jar();
        deleteCopy(jar == null ? null : jar.copy());
    }

    private InstalledPlugin examined(Path file, Fingerprint fingerprint) {
        try {
            return new InstalledPlugin(examine(file), fingerprint);
        } catch (PluginRejected e) {
            return new InstalledPlugin(file, fingerprint, e.problem());
        }
    }

    private PluginJar examine(Path file) {
        String name = file.getFileName().toString();
        if (Files.isDirectory(file)) {
            throw PluginRejected.because(
                    CORRUPT_JAR, name, "this is a directory", "Pack it: jar --create --file x.jar -C " + name + " .");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // Not even opened: a pipe keeps its reader waiting, and a device may never end.
            throw PluginRejected.because(
                    CORRUPT_JAR, name, "this is no regular file", "Remove it, or put the jar itself there");
        }
        Path copy = null;
        try {
            JarLimits.requireJar(name, Files.size(file));
            copy = copies.copy(file);
            return inspector.inspect(file, copy);
        } catch (IOException | RuntimeException | Error e) {
            // An Error as well: what one jar does to the memory or the stack must not end the scan of the others.
            deleteCopy(copy);
            throw e instanceof PluginRejected rejected
                    ? rejected
                    : PluginRejected.because(
                            CORRUPT_JAR,
                            name,
                            "the jar cannot be read: " + e,
                            "Check its permissions and the space in java.io.tmpdir",
                            e);
        }
    }

    private void deleteCopy(@Nullable Path copy) {
        try {
            if (copy != null) {
                copies.delete(copy);
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "cannot delete the working copy " + copy, e);
        }
    }
}
