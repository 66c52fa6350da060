package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.CORRUPT_JAR;
import static io.dmaheap.Problem.Kind.NO_WORKING_COPY;

import io.dmaheap.watch.Fingerprint;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Turns a file of the directory into an installed plugin, sound or failed. Confined to the thread that owns the plugins. */
final class JarReader {
    /** How often a file is read that changes every time; what then comes of it, the next scan puts right. */
    private static final int LOOKS = 3;

    private static final System.Logger LOGGER = System.getLogger(JarReader.class.getName());

    private final WorkingCopies copies;
    private final BiFunction<Path, Path, PluginJar> inspection;

    /** Keeps its working copies below {@code temporary}. */
    JarReader(Path temporary) {
        this(temporary, new JarInspector()::inspect);
    }

    /**
     * A reader with another judge of jars.
     *
     * @param inspection as {@link JarInspector#inspect}, of a file and its working copy
     */
    JarReader(Path temporary, BiFunction<Path, Path, PluginJar> inspection) {
        this.copies = new WorkingCopies(temporary);
        this.inspection = inspection;
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
            Optional<Fingerprint> after = Fingerprint.of(file);
            if (after.isPresent() && (after.get().equals(before) || look == LOOKS)) {
                return Optional.of(plugin);
            }
            discard(plugin);
            if (after.isEmpty()) {
                return Optional.empty();
            }
            before = after.get();
        }
    }

    /**
     * Whether a file still has the content of a plugin, although its attributes changed: another hard link, as a backup makes it,
     * changes them as well.
     */
    boolean isUnchanged(InstalledPlugin plugin, Fingerprint now) {
        PluginJar jar = plugin.jar();
        try {
            return jar != null
                    && plugin.fingerprint().differsInStatusOnly(now)
                    && Files.mismatch(jar.copy(), jar.file()) < 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the working copy of a plugin is gone, as when the temporary directory was cleaned. */
    boolean hasLost(InstalledPlugin plugin) {
        return plugin.jar() != null && Files.notExists(plugin.soundJar().copy());
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
            return new InstalledPlugin(file, fingerprint, e.problem(), e.mayPass());
        }
    }

    private PluginJar examine(Path file) {
        String name = file.getFileName().toString();
        if (Files.isDirectory(file)) {
            throw PluginRejected.because(
                    CORRUPT_JAR, name, "this is a directory", "Pack it: jar --create --file x.jar -C " + name + " .");
        }
        if (Files.isSymbolicLink(file) && Files.notExists(file)) {
            throw PluginRejected.because(
                    CORRUPT_JAR,
                    name,
                    "this is a link to " + target(file) + ", which is not there",
                    "Put the jar there, or remove the link");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // Not even opened: a pipe keeps its reader waiting, and a device may never end.
            throw PluginRejected.because(
                    CORRUPT_JAR, name, "this is no regular file", "Remove it, or put the jar itself there");
        }
        Path copy = copy(file, name);
        try {
            return inspection.apply(file, copy);
        } catch (RuntimeException | Error e) {
            // An Error as well: what one jar does to the memory or the stack must not end the scan of the others.
            boolean lost = Files.notExists(copy);
            deleteCopy(copy);
            if (lost) {
                throw lost(name, e).passing();
            }
            throw e instanceof PluginRejected rejected ? rejected : unreadable(name, e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException _) {
            return "another file";
        }
    }

    /** What is wrong with a plugin that {@link #hasLost} its working copy before it was loaded. */
    PluginRejected lost(String name, Throwable e) {
        return PluginRejected.because(
                NO_WORKING_COPY,
                name,
                "its working copy in " + copies.parent() + " was deleted before it was loaded",
                "Exclude dmaheap-plugins-* from what cleans that directory, or give Java another one by"
                        + " -Djava.io.tmpdir; the jar is tried again",
                e);
    }

    private Path copy(Path file, String name) {
        try {
            return copies.copy(file);
        } catch (PluginRejected e) {
            throw e;
        } catch (IOException e) {
            if (!Files.isReadable(file)) {
                throw unreadable(name, e);
            }
            throw PluginRejected.because(
                            NO_WORKING_COPY,
                            name,
                            "it cannot be copied to " + copies.parent() + ": " + reason(e),
                            "Check space and permissions there: `df -h " + copies.parent()
                                    + "`. Java takes another directory by -Djava.io.tmpdir; the jar is tried again",
                            e)
                    .passing();
        } catch (RuntimeException | Error e) {
            throw unreadable(name, e);
        }
    }

    /** Without the names of files, which differ each time that it is tried. */
    private static String reason(IOException e) {
        if (e instanceof FileSystemException known) {
            return known.getReason() == null ? e.getClass().getSimpleName() : known.getReason();
        }
        return String.valueOf(e.getMessage());
    }

    private static PluginRejected unreadable(String name, Throwable e) {
        PluginRejected rejected = PluginRejected.because(
                CORRUPT_JAR, name, "the jar cannot be read: " + e, "Check its permissions and its content", e);
        return e instanceof OutOfMemoryError ? rejected.passing() : rejected;
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
