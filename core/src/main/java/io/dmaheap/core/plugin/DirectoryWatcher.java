package io.dmaheap.core.plugin;

import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a directory has changed and come to rest: no event for a while, and every jar as large and as old as at the start of
 * that while. What happened is not looked at, so events that the system lost (an overflow of inotify's queue is an event, too)
 * change nothing. A directory that is out of reach is looked for every {@value #RETRY_SECONDS} seconds.
 */
final class DirectoryWatcher implements AutoCloseable {
    private static final long REST_MILLIS = 300;
    private static final long RETRY_SECONDS = 2;
    private static final System.Logger LOGGER = System.getLogger(DirectoryWatcher.class.getName());

    private final Path directory;
    private final Runnable changed;
    private final Consumer<Exception> failed;
    private final WatchService service;
    private final Thread thread;

    /**
     * Starts to watch.
     *
     * @param changed runs on a thread of its own
     * @param failed hears on that thread, once for each time that the directory is out of reach
     */
    DirectoryWatcher(Path directory, Runnable changed, Consumer<Exception> failed) throws IOException {
        this.directory = directory;
        this.changed = changed;
        this.failed = failed;
        service = directory.getFileSystem().newWatchService();
        try {
            register();
        } catch (IOException e) {
            service.close();
            throw e;
        }
        thread = new Thread(null, this::watch, "dmaheap-plugin-watch", 0, false);
        thread.setContextClassLoader(DirectoryWatcher.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
    }

    private void register() throws IOException {
        directory.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    private void watch() {
        try {
            boolean followed = true;
            WatchKey event = service.take();
            while (true) {
                boolean before = followed;
                followed = follow(event, before);
                event = followed ? service.take() : service.poll(RETRY_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ClosedWatchServiceException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "stopped watching " + directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Follows a change. A directory that is gone or cannot be listed says nothing about the plugins, so they stay as they are, and it
     * is tried again.
     *
     * @param event what happened, null to try again
     * @param working whether it worked the last time: a failure is told once
     * @return whether it worked
     */
    private boolean follow(@Nullable WatchKey event, boolean working) throws InterruptedException {
        try {
            if (!working) {
                register(); // there may be another directory of this name now
            }
            awaitRest(event);
            changed.run();
            return true;
        } catch (IOException | HeapException e) {
            if (working) {
                failed.accept(e);
            }
            return false;
        }
    }

    private void awaitRest(@Nullable WatchKey event) throws InterruptedException {
        accept(event);
        WatchKey next;
        DirectoryListing before;
        DirectoryListing now = DirectoryListing.of(directory);
        do {
            before = now;
            next = service.poll(REST_MILLIS, TimeUnit.MILLISECONDS);
            accept(next);
            now = DirectoryListing.of(directory);
        } while (next != null || !now.equals(before));
    }

    /** Lets the next event come. */
    private static void accept(@Nullable WatchKey event) {
        if (event != null) {
            event.pollEvents();
            event.reset();
        }
    }

    /** Ends the watching, and waits for a scan that it began. */
    @Override
    public void close() {
        try {
            service.close();
            thread.join();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "cannot stop watching " + directory, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
