package io.dmaheap.core.plugin;

import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/**
 * Tells when a directory has changed and come to rest: no event for a while, and every jar as large and as old as at the start of
 * that while. What happened is not looked at, so events that the system lost (an overflow of inotify's queue is an event, too)
 * change nothing.
 */
final class DirectoryWatcher implements AutoCloseable {
    private static final long REST_MILLIS = 300;
    private static final System.Logger LOGGER = System.getLogger(DirectoryWatcher.class.getName());

    private final Path directory;
    private final Runnable changed;
    private final WatchService service;
    private final Thread thread;

    /** Starts to watch; {@code changed} runs on a thread of its own. */
    DirectoryWatcher(Path directory, Runnable changed) throws IOException {
        this.directory = directory;
        this.changed = changed;
        service = directory.getFileSystem().newWatchService();
        try {
            directory.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            service.close();
            throw e;
        }
        thread = new Thread(null, this::watch, "dmaheap-plugin-watch", 0, false);
        thread.setContextClassLoader(DirectoryWatcher.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                awaitRest(service.take());
                changed.run();
            }
        } catch (HeapException e) {
            // The directory itself is gone or unreadable. That says nothing about the plugins, so they stay as they
            // are.
            LOGGER.log(System.Logger.Level.WARNING, directory + " is not watched any more: " + e.getMessage());
        } catch (ClosedWatchServiceException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "stopped watching " + directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRest(WatchKey first) throws InterruptedException {
        WatchKey key = first;
        DirectoryListing before;
        DirectoryListing now = DirectoryListing.of(directory);
        do {
            before = now;
            if (key != null) {
                key.pollEvents();
                key.reset();
            }
            key = service.poll(REST_MILLIS, TimeUnit.MILLISECONDS);
            now = DirectoryListing.of(directory);
        } while (key != null || !now.equals(before));
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
