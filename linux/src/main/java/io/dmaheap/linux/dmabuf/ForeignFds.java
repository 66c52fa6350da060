package io.dmaheap.linux.dmabuf;

import io.dmaheap.DmaBufFd;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Descriptors that one source outside this process made. Closing one of a FUSE file waits for its server ({@code FUSE_FLUSH}), and closing
 * a socket may wait for its peer ({@code SO_LINGER}), so what is neither dma-buf nor memfd is closed on a thread of its own.
 *
 * <p>Safe for use by several threads.
 */
public final class ForeignFds {
    private static final int THREADS = 8;
    private static final ThreadPoolExecutor CLOSING = closing();

    private final Libc libc;
    private final AtomicInteger pending = new AtomicInteger();

    /** Of a source of which no descriptor has come yet. */
    public ForeignFds(Libc libc) {
        this.libc = libc;
    }

    private static ThreadPoolExecutor closing() {
        var threads =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = Thread.ofPlatform()
                            .name("dmaheap-close")
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .unstarted(work);
                    thread.setContextClassLoader(null);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Wraps a descriptor that came from the source; closing it does not block. The caller still owns it if this fails. */
    public DmaBufFd owned(int fd) {
        return new DmaBufFd(fd, this::close);
    }

    /** Closes a descriptor that came from the source. Does not block, unless there is not the memory to have another thread do it. */
    public void discard(int fd) {
        try {
            close(fd);
        } catch (OutOfMemoryError _) {
            SharedFd.close(libc, fd);
        }
    }

    /** How many descriptors have been closed by their owners and are not closed yet. */
    public int pending() {
        return pending.get();
    }

    private void close(int fd) {
        if (isLocal(fd)) {
            SharedFd.close(libc, fd);
            return;
        }
        pending.incrementAndGet();
        try {
            CLOSING.execute(() -> {
                try {
                    SharedFd.close(libc, fd);
                } finally {
                    pending.decrementAndGet();
                }
            });
        } catch (RuntimeException | Error e) {
            pending.decrementAndGet();
            throw e;
        }
    }

    /** Whether the kernel closes it without a call into another process. */
    private boolean isLocal(int fd) {
        try {
            return FileKind.of(libc, fd) != FileKind.OTHER;
        } catch (HeapException _) {
            return false;
        }
    }
}
