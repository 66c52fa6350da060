package io.dmaheap.linux;

import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.PlatformWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to know of heaps that come later; the folder is watched for as long as there is somebody.
 *
 * <p>The kernel makes a node for root alone, and udev gives it away a moment later. So a node that comes and cannot be opened is not
 * told of before somebody has changed its attributes, whatever he made of them: who finds the heap then learns what is still wrong. Nodes
 * that were there before are told of as they are. Safe for use by several threads.
 */
final class HeapArrivals {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    private final Libc libc;
    private final Path root;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /** Nodes that wait for their permissions. */
    private final Set<Path> unsettled = ConcurrentHashMap.newKeySet();

    /** Guarded by this. */
    private @Nullable HeapFolderWatcher watcher;

    HeapArrivals(Libc libc, Path root) {
        this.libc = libc;
        this.root = root;
    }

    /** The nodes that there are to tell of. */
    List<Path> nodes() {
        return HeapDirectory.below(root).nodes(libc).stream()
                .filter(node -> !unsettled.contains(node))
                .toList();
    }

    PlatformWatch listen(Runnable gained) {
        Runnable mine = gained::run;
        synchronized (this) {
            listeners.add(mine);
            if (watcher == null) {
                watcher = watch();
            }
        }
        return () -> ignore(mine);
    }

    private @Nullable HeapFolderWatcher watch() {
        try {
            return new HeapFolderWatcher(HeapDirectory.below(root), new Nodes());
        } catch (IOException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "heaps that come later are not noticed, as their folder cannot be watched: " + e.getMessage()
                            + ". Is fs.inotify.max_user_instances (`sysctl -w`) too low?");
            return null;
        }
    }

    private void ignore(Runnable mine) {
        HeapFolderWatcher idle = null;
        synchronized (this) {
            if (listeners.remove(mine) && listeners.isEmpty()) {
                idle = watcher;
                watcher = null;
            }
        }
        if (idle != null) {
            idle.close();
        }
    }

    private final class Nodes implements HeapFolderWatcher.Listener {
        @Override
        public void cameIntoView() {
            try {
                HeapDirectory.below(root).nodes(libc).forEach(this::appeared);
            } catch (HeapException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "whoever looks next meets it, and says so", e);
            }
        }

        @Override
        public boolean appeared(Path node) {
            if (isForbidden(node)) {
                unsettled.add(node);
                return false;
            }
            unsettled.remove(node);
            return true;
        }

        private boolean isForbidden(Path node) {
            int fd = new HeapNode(node, root).open(libc);
            if (fd >= 0) {
                SharedFd.close(libc, fd);
            }
            return fd == -Errno.EACCES || fd == -Errno.EPERM;
        }

        @Override
        public boolean changed(Path node) {
            return unsettled.remove(node);
        }

        @Override
        public boolean lost() {
            unsettled.clear();
            return true;
        }

        @Override
        public void tell() {
            listeners.forEach(Runnable::run);
        }
    }
}
