package io.dmaheap.core.plugin;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.policy.PluginRules;
import io.dmaheap.watch.FolderListener;
import io.dmaheap.watch.FolderListing;
import io.dmaheap.watch.FolderWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
    /** How long a jar has to stay as it is before it is read: {@code cp} writes in pieces. */
    private static final Duration REST = Duration.ofMillis(300);

    private final Path directory;
    private final OwnerThread owner = new OwnerThread();
    private final PluginListener listener;
    private final PluginLifecycle lifecycle;
    private @Nullable FolderWatch watch;
    private boolean closed;

    /**
     * Names a directory. Nothing is read yet.
     *
     * @param host runs the providers of the plugins, on the owner's thread
     * @param rules which jars may be loaded, and what they may do
     * @param ofApplication the ids of plugins on the class or module path, which no jar can have
     * @param listener hears of changes and problems, on the owner's thread
     */
    public PluginDirectory(
            Path directory, ProviderHost host, PluginRules rules, Set<String> ofApplication, PluginListener listener) {
        this(
                directory,
                host,
                rules,
                ofApplication,
                listener,
                new JarReader(Path.of(System.getProperty("java.io.tmpdir"))));
    }

    PluginDirectory(
            Path directory,
            ProviderHost host,
            PluginRules rules,
            Set<String> ofApplication,
            PluginListener listener,
            JarReader reader) {
        this.directory = directory;
        this.listener = listener;
        this.lifecycle = new PluginLifecycle(host, rules, ofApplication, listener, owner, reader);
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
     * Scans now, and again whenever a jar has changed and come to rest. Watching twice is the same as once. What stands in the way of
     * the watch is a problem for the listener as long as it lasts.
     *
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION}, {@link ErrorCode#TOO_MANY_FILES} or
     *     {@link ErrorCode#SYSTEM_ERROR} if the directory cannot be listed
     */
    public void watch() {
        owner.refuseOwner();
        DirectoryListing.of(directory);
        synchronized (this) {
            if (watch == null && !closed) {
                watch = FolderWatch.start(
                        DirectoryListing.folder(directory), REST, "dmaheap-plugin-watch", new Watching());
            }
        }
        // After the watch exists, so that nothing can come between.
        scan();
    }

    private final class Watching implements FolderListener {
        private List<Problem> told = List.of();

        @Override
        public void changed(FolderListing before, FolderListing now, Set<Path> moving) {
            owner.run(() -> lifecycle.reconcile(DirectoryListing.of(directory, moving)));
        }

        @Override
        public boolean isUnfinished() {
            return lifecycle.isUnfinished();
        }

        @Override
        public void impaired(List<Problem> problems) {
            List<Problem> before = told;
            told = problems;
            owner.execute(() -> {
                before.stream().filter(problem -> !problems.contains(problem)).forEach(listener::ended);
                problems.stream().filter(problem -> !before.contains(problem)).forEach(listener::problem);
            });
        }
    }

    /** Every plugin that is in the directory or still loaded. Never waits. */
    public List<PluginInfo> plugins() {
        return lifecycle.infos();
    }

    /**
     * Stops watching and drains every plugin; waits until those without living buffers are unloaded. The others follow when their
     * last buffer is closed. Closing twice is harmless. Called by a plugin or listener it does not wait: that would be for itself. An
     * interrupt while it waits ends the wait and stays set; the rest goes on without it.
     */
    @Override
    public void close() {
        if (owner.isCurrent()) {
            owner.execute(() -> Closing.all(this::stopWatching, lifecycle::close));
        } else {
            Closing.all(this::stopWatching, this::drainAll);
        }
    }

    private void stopWatching() {
        FolderWatch ended;
        synchronized (this) {
            closed = true;
            ended = watch;
        }
        if (ended != null) {
            ended.close();
        }
    }

    /** A thread that was interrupted before waits all the same: closing is what it does about the interrupt. */
    private void drainAll() {
        boolean interrupted = Thread.interrupted();
        try {
            owner.run(lifecycle::close);
        } catch (HeapException e) {
            if (e.code() != ErrorCode.INTERRUPTED) {
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
