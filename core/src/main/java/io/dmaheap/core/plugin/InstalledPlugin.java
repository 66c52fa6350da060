package io.dmaheap.core.plugin;

import io.dmaheap.PluginInfo;
import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.watch.Fingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDescriptor;

/**
 * A jar in the directory, from when it was seen until it is gone and unloaded. It is loaded once at most: what takes its place, be it
 * the same file for a new version of a dependency, is read anew.
 *
 * <p>Changed by the thread that owns the plugins; {@link #info} and {@link #becameEmpty} may be called from any.
 */
final class InstalledPlugin {
    private final Path file;
    private final boolean mayPass;
    private final @Nullable PluginJar jar;
    private Fingerprint fingerprint;
    private @Nullable Problem told;
    private @Nullable Problem downgraded;
    private volatile Status status;
    private volatile boolean empty;
    private boolean gone;
    private boolean listed = true;

    private record Status(
            State state,
            @Nullable Problem problem,
            @Nullable LoadedPlugin loaded) {}

    /** A jar that is sound in itself. */
    InstalledPlugin(PluginJar jar, Fingerprint fingerprint) {
        this.file = jar.file();
        this.fingerprint = fingerprint;
        this.jar = jar;
        this.mayPass = false;
        this.status = new Status(State.DISCOVERED, null, null);
    }

    /**
     * A jar that cannot be used as it is.
     *
     * @param mayPass whether the same file may work later
     */
    InstalledPlugin(Path file, Fingerprint fingerprint, Problem problem, boolean mayPass) {
        this.file = file;
        this.fingerprint = fingerprint;
        this.jar = null;
        this.mayPass = mayPass;
        this.status = new Status(State.FAILED, problem, null);
    }

    Path file() {
        return file;
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    /** The file has other attributes, and the same content. */
    void recognise(Fingerprint now) {
        fingerprint = now;
    }

    boolean isIn(DirectoryListing listing) {
        return fingerprint.equals(listing.jars().get(file)) || listing.moving().contains(file);
    }

    /** Whether the same file may work later: it failed for want of space, memory or descriptors, or its working copy was deleted. */
    boolean mayPass() {
        Problem now = problem();
        return mayPass || now != null && now.kind() == Problem.Kind.NO_WORKING_COPY;
    }

    /** Keeps the problem that the listener knows of, or that it knows of none; returns the one before. */
    @Nullable
    Problem tell(@Nullable Problem now) {
        Problem before = told;
        told = now;
        return before;
    }

    /** Whether this is what lies in the directory. Otherwise it runs until its successor does, or is going away. */
    boolean isListed() {
        return listed && !gone;
    }

    /** The file has changed or vanished, or was read anew. */
    void setOutdated() {
        listed = false;
    }

    /** Whether it runs and is not about to end. */
    boolean isServing() {
        return !gone && isLoaded() && state() != State.DRAINING;
    }

    /** Keeps the problem that this version has replaced a newer one. */
    void setDowngraded(Problem problem) {
        downgraded = problem;
    }

    /** The problem that this version has replaced a newer one, once. */
    Optional<Problem> takeDowngraded() {
        Optional<Problem> kept = Optional.ofNullable(downgraded);
        downgraded = null;
        return kept;
    }

    @Nullable
    PluginJar jar() {
        return jar;
    }

    PluginJar soundJar() {
        return Objects.requireNonNull(jar, "a rejected jar");
    }

    State state() {
        return status.state();
    }

    @Nullable
    Problem problem() {
        return status.problem();
    }

    boolean isLoaded() {
        return status.loaded() != null;
    }

    LoadedPlugin loaded() {
        return Objects.requireNonNull(status.loaded(), "a plugin that is not loaded");
    }

    /** Whether the jar is not in the directory any more, so that nothing remains when the plugin is unloaded. */
    boolean isGone() {
        return gone;
    }

    void setGone() {
        gone = true;
    }

    /** Whether a draining plugin's last handle and buffer are gone. */
    boolean isEmpty() {
        return empty;
    }

    void becameEmpty() {
        empty = true;
    }

    void became(State state) {
        status = new Status(state, null, status.loaded());
    }

    void load(LoadedPlugin plugin) {
        status = new Status(status.state(), null, plugin);
    }

    /** Lets go of the loaded classes. */
    void unload(State state, @Nullable Problem problem) {
        status = new Status(state, problem, null);
    }

    /** A snapshot. */
    PluginInfo info() {
        Status now = status;
        List<String> heaps = now.loaded() == null ? List.of() : now.loaded().heaps();
        if (jar == null) {
            String name = file.getFileName().toString();
            String id = name.substring(0, name.length() - ".jar".length());
            return new PluginInfo(
                    id, "", "", "", Optional.of(file), now.state(), heaps, Optional.ofNullable(now.problem()));
        }
        PluginDescriptor descriptor = jar.descriptor();
        return new PluginInfo(
                jar.id(),
                descriptor.getVersion(),
                descriptor.getPluginDescription(),
                Objects.requireNonNullElse(descriptor.getProvider(), ""),
                Optional.of(file),
                now.state(),
                heaps,
                Optional.ofNullable(now.problem()));
    }
}
