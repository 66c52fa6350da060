package io.dmaheap.watch;

import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Watches a directory by its path, on a thread of its own. It need not exist; it and the links that lead to it may come, go and be
 * replaced, and so may the targets of links in it.
 *
 * <p>By inotify where the kernel has an instance and enough watches left for this user, and at intervals otherwise. What inotify does
 * not report (a file system mounted over the path, a change made by another machine, a directory that this user may pass through but not
 * read) is found at intervals as well. Whatever goes wrong in one round is a problem while it lasts, and the next round tries again.
 *
 * <p>Safe for use by several threads.
 */
public final class FolderWatch implements AutoCloseable {
    /** How often the directory is looked at without an event. */
    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);
    /** How often, while something that may pass stands in the way. */
    private static final long RETRY = TimeUnit.SECONDS.toNanos(2);
    /** How long files at rest wait for others. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);
    /** How long a file may go on changing before it is passed on as it is. */
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(10);
    /** How long closing waits for a call of the listener. */
    private static final Duration END = Duration.ofSeconds(10);

    private static final int LINK_ROUNDS = 3;
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.watch");

    private final Folder folder;
    private final long rest;
    private final FolderListener listener;
    private final PathKeys keys;
    private final Thread thread;

    // All of these are used by one thread at a time: the one that starts the watch, then the watch's own.
    private FolderListing told = FolderListing.EMPTY;
    private FolderListing latest = FolderListing.EMPTY;
    private RestPeriod motion;
    private List<Problem> problems = List.of();
    private long lastCall = System.nanoTime();
    private boolean undelivered;
    private boolean unreachable;
    private long unreachableSince;

    private FolderWatch(
            Folder folder, Duration rest, String threadName, FolderListener listener, PathKeys.ServiceOpener opener) {
        this.folder = folder;
        this.rest = rest.toNanos();
        this.listener = listener;
        this.keys = new PathKeys(opener);
        this.motion = restPeriod();
        this.thread = new Thread(null, this::watch, threadName, 0, false);
        thread.setContextClassLoader(FolderWatch.class.getClassLoader());
        thread.setDaemon(true);
    }

    private RestPeriod restPeriod() {
        return new RestPeriod(rest, PATIENCE, LIMIT, told.files());
    }

    /**
     * Watches from now on: whatever changes after this has returned is passed on. Never fails; what stands in the way is passed to the
     * listener, for the first time before this returns.
     *
     * @param rest how long a file has to stay as it is before it is passed on; zero to learn of everything at once
     */
    public static FolderWatch start(Folder folder, Duration rest, String threadName, FolderListener listener) {
        return start(folder, rest, threadName, listener, folder.path().getFileSystem()::newWatchService);
    }

    static FolderWatch start(
            Folder folder, Duration rest, String threadName, FolderListener listener, PathKeys.ServiceOpener opener) {
        var watch = new FolderWatch(folder, rest, threadName, listener, opener);
        watch.begin();
        watch.thread.start();
        return watch;
    }

    private void begin() {
        var found = new ArrayList<Problem>();
        try {
            look();
            told = latest;
            motion = restPeriod();
        } catch (HeapException e) {
            unreachable(e).ifPresent(found::add);
        } catch (RuntimeException | Error e) {
            undelivered = true;
            found.add(failure(e));
        }
        keys.shortage().map(this::shortage).ifPresent(found::add);
        publish(found);
    }

    private void watch() {
        try {
            while (await(pause())) {
                round();
            }
        } finally {
            keys.close();
        }
    }

    private boolean await(long nanos) {
        try {
            // Files on the move make many events, and one look after each pause is enough.
            return keys.await(nanos, unreachable || !motion.isPending());
        } catch (InterruptedException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the watch of {0} goes on after an interrupt", folder.path());
            return true;
        }
    }

    private long pause() {
        if (unreachable ? isYoung(unreachableSince) : motion.isPending()) {
            return rest;
        }
        try {
            return undelivered || !problems.isEmpty() || listener.isUnfinished() ? RETRY : IDLE;
        } catch (RuntimeException | Error e) {
            logged(e);
            return RETRY;
        }
    }

    private boolean isYoung(long since) {
        return System.nanoTime() - since < rest;
    }

    /** Looks once, and passes on what is at rest. What goes wrong, be it for want of memory, ends the round and not the watch. */
    private void round() {
        try {
            var found = new ArrayList<Problem>();
            try {
                look();
                unreachable = false;
                deliver().ifPresent(found::add);
            } catch (HeapException e) {
                unreachable(e).ifPresent(found::add);
            }
            keys.shortage().map(this::shortage).ifPresent(found::add);
            publish(found);
        } catch (RuntimeException | Error e) {
            undelivered = true;
            logged(e);
        }
    }

    /**
     * Lists the directory, after everything is watched that decides what the list is.
     *
     * @throws HeapException if it cannot be listed
     */
    private void look() {
        keys.begin();
        try {
            keys.followFolder(folder.path(), folder.names());
            FolderListing now = folder.list();
            for (int i = 0; i < LINK_ROUNDS && followLinks(now); i++) {
                now = folder.list();
            }
            latest = now;
        } finally {
            keys.end();
        }
        motion.observe(latest.files(), System.nanoTime());
    }

    private boolean followLinks(FolderListing now) {
        boolean more = false;
        for (Path link : now.links()) {
            more |= keys.followLink(link);
        }
        return more;
    }

    private Optional<Problem> deliver() {
        long now = System.nanoTime();
        Optional<Set<Path>> due = motion.settle(now);
        undelivered |= due.isPresent();
        boolean again = now - lastCall >= RETRY && (undelivered || listener.isUnfinished());
        if (due.isEmpty() && !again) {
            return Optional.empty();
        }
        undelivered = true;
        lastCall = now;
        try {
            listener.changed(told, latest, due.orElseGet(motion::moving));
            told = latest;
            undelivered = false;
        } catch (HeapException e) {
            // The directory changed under the listener's own look: the next one here tells how.
            LOGGER.log(System.Logger.Level.DEBUG, "a change is passed on again", e);
        } catch (RuntimeException | Error e) {
            if (!keys.isClosed()) {
                return Optional.of(failure(e));
            }
        }
        return Optional.empty();
    }

    /** A directory that is replaced is missing for a moment, which is no problem yet. */
    private Optional<Problem> unreachable(HeapException e) {
        if (!unreachable) {
            unreachable = true;
            unreachableSince = System.nanoTime();
        }
        return isYoung(unreachableSince)
                ? Optional.empty()
                : Optional.of(Problem.of(
                        Problem.Kind.DIRECTORY_OUT_OF_REACH,
                        folder.path().toString(),
                        "changes are not noticed for now: " + e.getMessage(),
                        "What runs stays; the directory is looked for again every few seconds",
                        e));
    }

    private Problem shortage(Exception e) {
        return Problem.of(
                Problem.Kind.WATCH_IMPAIRED,
                folder.path().toString(),
                "inotify cannot watch it, so it is looked at every few seconds instead: " + reason(e),
                "Raise the limits: `sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=1048576`,"
                        + " and `ulimit -n`",
                e);
    }

    /** A file system that has no watches at all says nothing. */
    private static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private Problem failure(Throwable e) {
        logged(e);
        return Problem.of(
                Problem.Kind.WATCH_IMPAIRED,
                folder.path().toString(),
                "a change could not be followed: " + e,
                "It is tried again every few seconds",
                e);
    }

    private void logged(Throwable e) {
        try {
            LOGGER.log(System.Logger.Level.DEBUG, "a change of " + folder.path() + " could not be followed", e);
        } catch (RuntimeException | Error again) {
            // No memory to say so.
        }
    }

    private void publish(List<Problem> found) {
        List<Problem> before = problems;
        boolean same = found.size() == before.size();
        for (int i = 0; same && i < found.size(); i++) {
            same = isSame(found.get(i), before.get(i));
        }
        if (!same) {
            found.replaceAll(problem -> before.stream()
                    .filter(known -> isSame(known, problem))
                    .findFirst()
                    .orElse(problem));
            listener.impaired(List.copyOf(found));
            problems = List.copyOf(found);
        }
    }

    private static boolean isSame(Problem one, Problem other) {
        return one.kind() == other.kind()
                && one.subject().equals(other.subject())
                && one.message().equals(other.message())
                && one.hint().equals(other.hint());
    }

    /** Ends the watch, and waits up to ten seconds for the end of a call of the listener, unless this is called within it. */
    @Override
    public void close() {
        keys.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            if (!thread.join(END)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the watch of {0} ends later: it is following a change",
                        folder.path());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
