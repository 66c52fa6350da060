package io.dmaheap.linux;

import io.dmaheap.Problem;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.PlatformWatch;
import io.dmaheap.watch.Fingerprint;
import io.dmaheap.watch.Folder;
import io.dmaheap.watch.FolderListener;
import io.dmaheap.watch.FolderListing;
import io.dmaheap.watch.FolderWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The listeners for heaps that come later. The folder of the heaps is watched as long as there is one.
 *
 * <p>The kernel makes a node for root alone, and udev sets its permissions a moment later. So a node that comes and cannot be opened is
 * held back until its attributes change, whatever they then are: a caller who finds the heap learns what is still wrong. Nodes that
 * were there before the watch are shown as they are. Safe for use by several threads.
 */
final class HeapArrivals {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    private final Libc libc;
    private final Path root;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Written with the monitor held. */
    private volatile @Nullable Session session;

    HeapArrivals(Libc libc, Path root) {
        this.libc = libc;
        this.root = root;
    }

    /** The nodes, without those that are held back. */
    List<Path> nodes() {
        Session current = session;
        return HeapDirectory.below(root).nodes(libc).stream()
                .filter(node -> current == null || !current.unsettled.contains(node))
                .toList();
    }

    /** What stands in the way of the watch now. */
    List<Problem> problems() {
        Session current = session;
        return current == null ? List.of() : current.problems;
    }

    PlatformWatch listen(Runnable gained) {
        Runnable mine = gained::run;
        synchronized (this) {
            listeners.add(mine);
            if (session == null) {
                session = new Session();
            }
        }
        return () -> ignore(mine);
    }

    private void ignore(Runnable mine) {
        Session idle = null;
        synchronized (this) {
            if (listeners.remove(mine) && listeners.isEmpty()) {
                idle = session;
                session = null;
            }
        }
        if (idle != null) {
            idle.watch.close();
        }
    }

    /** One watch of the folder, from the first listener to the last. What it holds back ends with it. */
    private final class Session implements FolderListener {
        private final Set<Path> unsettled = ConcurrentHashMap.newKeySet();
        private volatile List<Problem> problems = List.of();
        private final FolderWatch watch;

        Session() {
            var folder = new Folder(HeapDirectory.below(root).path(), "the folder of the heaps", name -> true, true);
            watch = FolderWatch.start(folder, Duration.ZERO, "dmaheap-heap-watch", this);
        }

        @Override
        public void changed(FolderListing before, FolderListing now, Set<Path> moving) {
            unsettled.retainAll(now.files().keySet());
            boolean news = false;
            for (var node : now.files().entrySet()) {
                news |= isNews(node.getKey(), before.files().get(node.getKey()), node.getValue());
            }
            if (news) {
                listeners.forEach(Session::call);
            }
        }

        private boolean isNews(Path node, @Nullable Fingerprint before, Fingerprint now) {
            boolean same = now.equals(before);
            if (unsettled.contains(node)) {
                // Two changes of attributes within a tick of the clock look like one: hence the second question.
                boolean settled = !same || !isForbidden(node);
                return settled && unsettled.remove(node);
            }
            if (same) {
                return false;
            }
            boolean forbidden = isForbidden(node);
            if (forbidden && before == null) {
                unsettled.add(node);
            }
            return !forbidden;
        }

        private boolean isForbidden(Path node) {
            int fd = new HeapNode(node, root).open(libc);
            if (fd >= 0) {
                SharedFd.close(libc, fd);
            }
            return fd == -Errno.EACCES || fd == -Errno.EPERM;
        }

        private static void call(Runnable listener) {
            try {
                listener.run();
            } catch (RuntimeException | Error e) {
                LOGGER.log(System.Logger.Level.WARNING, "a listener for new heaps failed; the others are called", e);
            }
        }

        @Override
        public boolean isUnfinished() {
            return !unsettled.isEmpty();
        }

        @Override
        public void impaired(List<Problem> now) {
            now.stream()
                    .filter(problem -> !problems.contains(problem))
                    .forEach(problem -> LOGGER.log(System.Logger.Level.WARNING, problem::toString));
            problems = now;
        }
    }
}
