package io.dmaheap.linux;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/**
 * Sees nodes appear and change in the folder of the heaps, by inotify, which devtmpfs tells as any file system does. The folder comes
 * with the first heap and may go with the last; while it is missing, the one above is watched for it.
 */
final class HeapFolderWatcher implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    private final HeapDirectory directory;
    private final Listener listener;
    private final WatchService service;
    private final Thread thread;

    private @Nullable WatchKey folder;
    private @Nullable WatchKey above;

    /** Hears of nodes, on the thread that watches; each answer is whether there is something to tell. */
    interface Listener {
        /** The folder is there, perhaps with nodes in it. */
        void cameIntoView();

        boolean appeared(Path node);

        /** Its attributes did, or its contents. */
        boolean changed(Path node);

        /** There were more events than the kernel keeps. */
        boolean lost();

        /** Called once for all that there was to tell. */
        void tell();
    }

    /**
     * Watches from now on.
     *
     * @throws IOException if inotify has no more instances or watches for this user
     */
    HeapFolderWatcher(HeapDirectory directory, Listener listener) throws IOException {
        this.directory = directory;
        this.listener = listener;
        service = directory.path().getFileSystem().newWatchService();
        try {
            arm();
        } catch (IOException e) {
            service.close();
            throw e;
        }
        thread = new Thread(null, this::watch, "dmaheap-heap-watch", 0, false);
        thread.setContextClassLoader(HeapFolderWatcher.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                WatchKey key = service.take();
                boolean news = key.equals(folder) && heard(key);
                key.pollEvents();
                key.reset();
                if (arm()) {
                    listener.cameIntoView();
                    news = true;
                }
                if (news) {
                    listener.tell();
                }
            }
        } catch (ClosedWatchServiceException _) {
            LOGGER.log(System.Logger.Level.DEBUG, "stopped watching {0}", directory.path());
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, directory.path() + " is not watched any more", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean heard(WatchKey key) {
        boolean news = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.kind() == OVERFLOW) {
                news |= listener.lost();
            } else if (event.context() instanceof Path name) {
                Path node = directory.path().resolve(name);
                news |= event.kind() == ENTRY_CREATE ? listener.appeared(node) : listener.changed(node);
            }
        }
        return news;
    }

    /** Watches the folder if it is there, else the one above; true if the folder has come into view. */
    private boolean arm() throws IOException {
        if (folder != null && folder.isValid()) {
            return false;
        }
        if (armFolder()) {
            return true;
        }
        if (above == null || !above.isValid()) {
            try {
                above = directory.parent().register(service, ENTRY_CREATE);
            } catch (NoSuchFileException | NotDirectoryException _) {
                LOGGER.log(System.Logger.Level.DEBUG, "there is no {0} that heaps could come to", directory.parent());
            }
        }
        // Once more, as it may have come before the watch above it.
        return armFolder();
    }

    private boolean armFolder() throws IOException {
        try {
            folder = directory.path().register(service, ENTRY_CREATE, ENTRY_MODIFY);
        } catch (NoSuchFileException | NotDirectoryException _) {
            folder = null;
            return false;
        }
        if (above != null) {
            above.cancel();
            above = null;
        }
        return true;
    }

    /** Ends the watching; nobody is told anything afterwards. */
    @Override
    public void close() {
        try {
            service.close();
            if (Thread.currentThread() != thread) {
                thread.join();
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "cannot stop watching " + directory.path(), e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
