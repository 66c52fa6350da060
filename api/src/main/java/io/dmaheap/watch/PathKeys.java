package io.dmaheap.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Watches every directory that decides what a path leads to: its ancestors, and those of the links on the way. inotify watches inodes,
 * so each directory is registered before the next name in it is looked up; what changes after the look then makes an event, and the
 * next round follows the path anew.
 *
 * <p>Used by one thread, but for {@link #close}.
 */
final class PathKeys implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.watch");
    private static final int LINKS = 40;
    private static final WatchEvent.Kind<?>[] NAMES = {ENTRY_CREATE, ENTRY_DELETE};
    private static final WatchEvent.Kind<?>[] CONTENTS = {ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY};

    private final ServiceOpener opener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable WatchService service;
    private Map<WatchKey, Interest> interests = new HashMap<>();
    private Map<Path, Interest> round = new HashMap<>();
    private @Nullable Exception shortage;

    /** Makes an instance of inotify. */
    @FunctionalInterface
    interface ServiceOpener {
        WatchService open() throws IOException;

        /** Takes a watch of the instance. */
        default WatchKey register(Path directory, WatchService service, WatchEvent.Kind<?>... kinds)
                throws IOException {
            return directory.register(service, kinds);
        }
    }

    /** What counts of the events of one directory. */
    private static final class Interest {
        private final boolean contents;
        private final @Nullable WatchKey key;
        private final Set<String> names = new HashSet<>();
        private Predicate<String> filter = name -> false;

        Interest(boolean contents, @Nullable WatchKey key) {
            this.contents = contents;
            this.key = key;
        }

        boolean concerns(WatchEvent<?> event) {
            return !(event.context() instanceof Path name)
                    || names.contains(name.toString())
                    || filter.test(name.toString());
        }
    }

    PathKeys(ServiceOpener opener) {
        this.opener = opener;
    }

    /** Begins a round: what is not followed until {@link #end} is watched no longer. */
    void begin() {
        round = new HashMap<>();
        shortage = null;
    }

    /** Watches the files of a directory that have certain names, and what its path leads through. */
    void followFolder(Path path, Predicate<String> filter) {
        Path real = follow(path.toAbsolutePath(), false);
        if (real != null) {
            Interest interest = register(real, true);
            interest.filter = filter;
        }
    }

    /** Watches what a link leads to; true if this needed a directory that this round had not watched yet. */
    boolean followLink(Path link) {
        int before = round.size();
        follow(link.toAbsolutePath(), true);
        return round.size() > before;
    }

    /**
     * Follows a path name by name, as the kernel does.
     *
     * @param contents whether the content of the file counts as well
     * @return the path without links, or null if it leads nowhere
     */
    private @Nullable Path follow(Path absolute, boolean contents) {
        Path root = absolute.getRoot();
        Deque<Path> names = new ArrayDeque<>();
        push(names, absolute);
        Path at = root;
        int links = 0;
        try {
            while (!names.isEmpty()) {
                String name = names.pop().toString();
                if (name.isEmpty() || name.equals(".")) {
                    continue;
                }
                if (name.equals("..")) {
                    at = Optional.ofNullable(at.getParent()).orElse(root);
                    continue;
                }
                register(at, contents && names.isEmpty()).names.add(name);
                Path next = at.resolve(name);
                var attributes = Files.readAttributes(next, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isSymbolicLink()) {
                    links++;
                    if (links > LINKS) {
                        return null;
                    }
                    Path target = Files.readSymbolicLink(next);
                    push(names, target);
                    at = target.isAbsolute() ? root : at;
                } else {
                    at = next;
                }
            }
            return at;
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, () -> absolute + " leads nowhere yet: " + e);
            return null;
        }
    }

    private static void push(Deque<Path> names, Path path) {
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            names.push(path.getName(i));
        }
    }

    private Interest register(Path directory, boolean contents) {
        Interest known = round.get(directory);
        if (known != null && (known.contents || !contents)) {
            return known;
        }
        var interest = new Interest(contents, registered(directory, contents ? CONTENTS : NAMES));
        if (known != null) {
            interest.names.addAll(known.names);
            interest.filter = known.filter;
        }
        round.put(directory, interest);
        return interest;
    }

    private @Nullable WatchKey registered(Path directory, WatchEvent.Kind<?>[] kinds) {
        try {
            WatchService open = service();
            return open == null ? null : opener.register(directory, open, kinds);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null; // gone meanwhile: its own directory is watched
        } catch (AccessDeniedException e) {
            return null; // may be passed through but not read; looks at intervals make up for it
        } catch (IOException | UnsupportedOperationException e) {
            shortage = e;
            return null;
        }
    }

    private @Nullable WatchService service() throws IOException {
        if (service == null && shortage == null && !isClosed()) {
            service = opener.open();
        }
        return service;
    }

    /** Ends a round. */
    void end() {
        var next = new HashMap<WatchKey, Interest>();
        for (Interest interest : round.values()) {
            if (interest.key != null) {
                next.put(interest.key, interest);
            }
        }
        interests.keySet().stream().filter(key -> !next.containsKey(key)).forEach(WatchKey::cancel);
        interests = next;
    }

    /** Why this round did not watch all that it should: inotify has no instance or watch left for this user. */
    Optional<Exception> shortage() {
        return Optional.ofNullable(shortage);
    }

    /**
     * Waits for an event that counts, or until a time has passed.
     *
     * @param attentive whether events end the wait
     * @return false if this is closed
     */
    boolean await(long nanos, boolean attentive) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        WatchService open = service;
        if (open == null || !attentive) {
            closed.await(nanos, TimeUnit.NANOSECONDS);
        }
        try {
            boolean heard = false;
            while (open != null) {
                long left = heard || !attentive ? 0 : Math.max(0, deadline - System.nanoTime());
                WatchKey key = open.poll(left, TimeUnit.NANOSECONDS);
                if (key == null) {
                    break;
                }
                heard |= accept(key);
            }
        } catch (ClosedWatchServiceException e) {
            service = null;
        }
        return !isClosed();
    }

    /** Takes the events of a key, and has the next one signalled. Everything is looked at afterwards, so none is missed. */
    private boolean accept(WatchKey key) {
        boolean counts = false;
        Interest interest = interests.get(key);
        for (WatchEvent<?> event : key.pollEvents()) {
            counts |= interest == null || interest.concerns(event);
        }
        boolean valid = key.reset();
        return counts || !valid;
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Ends the wait of the other thread. */
    @Override
    public void close() {
        closed.countDown();
        WatchService open = service;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.WARNING, "cannot end the watch of a directory", e);
            }
        }
    }
}
