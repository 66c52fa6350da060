package io.dmaheap.linux.libc;

import io.dmaheap.DmaBufFd;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntFunction;

/**
 * A descriptor that several threads use and any of them may close. Closing waits until nobody is inside a call, because the kernel
 * gives a closed number to the next {@code open}, and a call that came late would hit somebody else's file.
 */
public final class SharedFd implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    private final Libc libc;
    private final int fd;
    private final String what;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * Takes ownership.
     *
     * @param what what the descriptor is, for messages
     */
    public SharedFd(Libc libc, int fd, String what) {
        this.libc = libc;
        this.fd = fd;
        this.what = what;
    }

    /**
     * Uses the descriptor while nobody can close it. The call must not block for long.
     *
     * @throws IllegalStateException if it is closed
     */
    public <T> T use(IntFunction<T> call) {
        Lock reading = lock.readLock();
        reading.lock();
        try {
            if (closing.get()) {
                throw new IllegalStateException("the " + what + " is closed");
            }
            return call.apply(fd);
        } finally {
            reading.unlock();
        }
    }

    /**
     * Waits for poll events.
     *
     * @return whether something happened within the time
     * @throws IllegalStateException if it is closed, before or meanwhile
     */
    public boolean await(short events, Duration timeout) {
        boolean happened = use(number -> Polling.await(libc, number, events, timeout, closing::get));
        if (closing.get()) {
            throw new IllegalStateException("the " + what + " was closed");
        }
        return happened;
    }

    /** A duplicate, close-on-exec, that the caller owns. */
    public DmaBufFd duplicate() {
        return use(number -> duplicate(libc, number));
    }

    /** Duplicates any descriptor, close-on-exec, and gives the duplicate to the caller. */
    public static DmaBufFd duplicate(Libc libc, int fd) {
        int result = libc.fcntl(fd, FileStructs.F_DUPFD_CLOEXEC, 0);
        if (result < 0) {
            throw Failure.of("fcntl(F_DUPFD_CLOEXEC)", result, "cannot duplicate fd " + fd)
                    .build();
        }
        return owned(libc, result);
    }

    /** Wraps a new descriptor for a caller to own. */
    public static DmaBufFd owned(Libc libc, int fd) {
        return new DmaBufFd(fd, number -> close(libc, number));
    }

    /** Closes a descriptor; a failure is logged, since nobody can do anything about it. */
    public static void close(Libc libc, int fd) {
        int result = libc.close(fd);
        if (result < 0) {
            LOGGER.log(System.Logger.Level.WARNING, "close of fd {0} failed: {1}", fd, Errno.name(result));
        }
    }

    /** Closes the descriptor once nobody uses it; who waits for it stops waiting. Closing twice is harmless. */
    @Override
    public void close() {
        closeOnce();
    }

    /** As {@link #close()}; tells whether this call was the one that closed. */
    public boolean closeOnce() {
        if (!closing.compareAndSet(false, true)) {
            return false;
        }
        Lock writing = lock.writeLock();
        writing.lock();
        try {
            close(libc, fd);
        } finally {
            writing.unlock();
        }
        return true;
    }
}
