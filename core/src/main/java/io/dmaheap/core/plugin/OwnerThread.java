package io.dmaheap.core.plugin;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.call.CallThread;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread at a time that may touch plugins. It comes when there is work and leaves after a second without, so nobody needs
 * to end it, and work may still arrive after everything else was closed.
 */
final class OwnerThread {
    private static final long IDLE_SECONDS = 1;

    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);
    private volatile @Nullable Thread current;

    OwnerThread() {
        executor.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable work) {
        // No inherited thread locals, and the loader of this framework: whoever happens to call first must not be kept
        // alive.
        Thread thread = new Thread(null, work, "dmaheap-plugins", 0, false);
        thread.setContextClassLoader(OwnerThread.class.getClassLoader());
        thread.setDaemon(true);
        current = thread;
        return thread;
    }

    /** Hands over work without waiting; for callers that may hold locks or be a plugin themselves. */
    void execute(Runnable work) {
        executor.execute(work);
    }

    /** Whether the calling thread is the owner, or runs a call that the owner waits for. */
    boolean isCurrent() {
        Thread owner = current;
        return owner != null && CallThread.worksFor(owner);
    }

    /** For who is about to wait for the owner, or for a lock that somebody holds who does. */
    void refuseOwner() {
        if (isCurrent()) {
            throw new IllegalStateException("a plugin or listener called back into the plugins that are calling it");
        }
    }

    /**
     * Hands over work and waits for its end. An interrupt ends the wait, not the work.
     *
     * @throws HeapException {@link ErrorCode#INTERRUPTED}
     * @throws IllegalStateException on the owner itself, which would wait for itself
     */
    void run(Runnable work) {
        refuseOwner();
        Future<?> done = executor.submit(work);
        try {
            done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for plugins")
                    .hint("What was begun goes on without this thread")
                    .cause(e)
                    .build();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException exception ? exception : new IllegalStateException(cause);
    }
}
