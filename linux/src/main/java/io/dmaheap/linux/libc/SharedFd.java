package io.dmaheap.linux.libc;

import io.dmaheap.DmaBufFd;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.function.IntFunction;

/**
 * A descriptor that several threads use and any of them may close. It is closed once, by the last thread that leaves it after
 * {@link #close}: the kernel gives a closed number to the next {@code open}, and a call that came late would hit another file. Nothing
 * blocks: closing does not wait for the threads that are inside.
 */
public final class SharedFd implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");

    /** Set by {@link #close}: no thread gets in any more. */
    private static final int CLOSED = 1 << 31;
    /** Set, together with {@link #CLOSED}, by the one thread that closes the descriptor. */
    private static final int ENDED = 1 << 30;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup()
                    .findVarHandle(SharedFd.class, "state", int.class)
                    .withInvokeExactBehavior();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Libc libc;
    private final int fd;
    private final String what;
    /** The threads inside, and the two bits above. */
    private volatile int state;

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
     * Keeps the descriptor open until {@link #leave()}.
     *
     * @return its number
     * @throws IllegalStateException if it is closed
     */
    public int enter() {
        int before = (int) STATE.getAndAdd(this, 1);
        if (before < 0) {
            leave();
            throw new IllegalStateException("the " + what + " is closed");
        }
        return fd;
    }

    /**
     * Checks that a call that needs no descriptor may go on.
     *
     * @throws IllegalStateException if it is closed
     */
    public void checkOpen() {
        if (isClosed()) {
            throw new IllegalStateException("the " + what + " is closed");
        }
    }

    /** Ends what {@link #enter()} began. */
    public void leave() {
        int now = (int) STATE.getAndAdd(this, -1) - 1;
        if (now == CLOSED) {
            end();
        }
    }

    /**
     * Uses the descriptor.
     *
     * @throws IllegalStateException if it is closed
     */
    public <T> T use(IntFunction<T> call) {
        int number = enter();
        try {
            return call.apply(number);
        } finally {
            leave();
        }
    }

    /**
     * Waits for poll events.
     *
     * @return whether something happened within the time
     * @throws IllegalStateException if it is closed, before or meanwhile
     */
    public boolean await(short events, Duration timeout) {
        int number = enter();
        boolean happened;
        try {
            happened = Polling.await(libc, number, events, timeout, this::isClosed);
        } finally {
            leave();
        }
        if (isClosed()) {
            throw new IllegalStateException("the " + what + " was closed");
        }
        return happened;
    }

    private boolean isClosed() {
        return state < 0;
    }

    /** A duplicate, close-on-exec, that the caller owns. */
    public DmaBufFd duplicate() {
        int number = enter();
        try {
            return duplicate(libc, number);
        } finally {
            leave();
        }
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

    /** Closes a descriptor of which the caller is the only owner; a failure is logged, since nothing can be done about it. */
    public static void close(Libc libc, int fd) {
        int result = libc.close(fd);
        if (result < 0) {
            LOGGER.log(System.Logger.Level.WARNING, "close of fd {0} failed: {1}", fd, Errno.name(result));
        }
    }

    /** Closes the descriptor once no thread uses it. Threads that wait for it stop waiting. Closing twice is harmless. */
    @Override
    public void close() {
        closeOnce();
    }

    /** As {@link #close()}; tells whether this call was the one that closed. */
    public boolean closeOnce() {
        int before = (int) STATE.getAndBitwiseOr(this, CLOSED);
        if (before < 0) {
            return false;
        }
        if (before == 0) {
            end();
        } else {
            Polling.wake(fd);
        }
        return true;
    }

    /**
     * As {@link #close()}, for the end of memory, which comes once: a second end means that a plugin lost count, and would have closed
     * whatever file has the number by now. It does nothing, and the log says where it came from.
     */
    public void release() {
        if (!closeOnce()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the " + what + " that had fd " + fd + " was released before; nothing was done",
                    new IllegalStateException("second release"));
        }
    }

    /** A thread that came too late may be between its two additions; then it gets here when it leaves. */
    private void end() {
        if (STATE.compareAndSet(this, CLOSED, CLOSED | ENDED)) {
            close(libc, fd);
        }
    }
}
