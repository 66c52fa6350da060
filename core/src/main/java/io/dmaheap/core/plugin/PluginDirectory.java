package io.dmaheap.core.plugin;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The plugins of a directory. {@link #scan} loads what is new there and drains what is gone; {@link #watch} does so whenever the
 * directory changes; {@link #close} drains all.
 *
 * <p>Safe for use by several threads. Everything that changes a plugin happens on one thread that this class owns, since neither
 * PF4J nor a plugin's start and stop expect two. Methods that say so wait for that thread. The last buffer of a draining plugin may
 * be closed on any thread, even within the plugin's own code: that only leaves a note for the owner, and stop and unload follow
 * there. No lock is held while a plugin runs, and {@link #plugins} takes none.
 */
public final class PluginDirectory implements AutoCloseable {
    private final Path directory;
    private final OwnerThread owner = new OwnerThread();
    private final PluginListener listener;
    private final PluginLifecycle lifecycle;
    private @Nullable DirectoryWatcher watcher;
    private boolean closed;

    /**
     * Names a directory. Nothing is read yet.
     *
     * @param host runs the providers of the plugins, on the owner's thread
     * @param nativeAccess the ids of the plugins that the operator lets call native code
     * @param listener hears of changes and problems, on the owner's thread
     */
    public PluginDirectory(Path directory, ProviderHost host, Predicate<String> nativeAccess, PluginListener listener) {
        this(directory, host, nativeAccess, listener, Path.of(System.getProperty("java.io.tmpdir")));
    }

    PluginDirectory(
            Path directory,
            ProviderHost host,
            Predicate<String> nativeAccess,
            PluginListener listener,
            Path temporary) {
        this.directory = directory;
        this.listener = listener;
        this.lifecycle = new PluginLifecycle(host, nativeAccess, listener, owner, temporary);
    }

    /**
     * Looks once, and waits until what could be started has started and what could be unloaded is unloaded. A bad jar is a problem
     * for the listener and stops no other.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION}, {@link ErrorCode#TOO_MANY_FILES} or
     *     {@link ErrorCode#SYSTEM_ERROR} if the directory cannot be listed; the plugins then stay as they are
     * @throws HeapException {@link ErrorCode#INTERRUPTED}; the scan goes on
     * @throws IllegalStateException after {@link #close}, or if called by a plugin or listener
     */
    public void scan() {
        owner.run(() -> lifecycle.reconcile(DirectoryListing.of(directory)));
    }

    /**
     * Scans now, and again whenever the directory has changed and come to rest. Watching twice is the same as once.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if the directory cannot be listed or watched
     */
    public void watch() {
        owner.refuseOwner();
        synchronized (this) {
            if (watcher == null && !closed) {
                watcher = watcher();
            }
        }
        // After the watch exists, so that nothing can come between.
        scan();
    }

    private DirectoryWatcher watcher() {
        try {
            return new DirectoryWatcher(
                    directory, this::scan, cause -> owner.execute(() -> listener.problem(outOfReach(cause))));
        } catch (IOException e) {
            throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, "cannot watch the plugin directory " + directory)
                    .hint("Check that it is a directory, and the limits in /proc/sys/fs/inotify")
                    .cause(e)
                    .build();
        }
    }

    private Problem outOfReach(Exception cause) {
        return Problem.of(
                Problem.Kind.DIRECTORY_OUT_OF_REACH,
                directory.toString(),
                "plugins that come or go are not noticed for now: " + cause.getMessage(),
                "The plugins that run stay; the directory is looked for again every few seconds",
                cause);
    }

    /** Every plugin that is in the directory or still loaded. Never waits. */
    public List<PluginInfo> plugins() {
        return lifecycle.infos();
    }

    /**
     * Stops watching and drains every plugin; waits until those without living buffers are unloaded. The others follow when their
     * last buffer is closed. Closing twice is harmless. An interrupt ends the wait and stays set; the rest goes on without it.
     *
     * @throws IllegalStateException if called by a plugin or listener
     */
    @Override
    public void close() {
        owner.refuseOwner();
        synchronized (this) {
            closed = true;
            if (watcher != null) {
                watcher.close();
            }
        }
        try {
            owner.run(lifecycle::close);
        } catch (HeapException e) {
            if (e.code() != ErrorCode.INTERRUPTED) {
                throw e;
            }
        }
    }
}
