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
    private final String what;
    /** Written once, before {@link #state} is opened. */
    private int fd;
    /** The threads inside, and the two bits above. */
    private volatile int state = CLOSED | ENDED;

    /**
     * Owns nothing yet, as if it were closed. Made before the call that brings the descriptor, together with whatever will hold it: an
     * {@link OutOfMemoryError} between that call and {@link #own} would lose the descriptor.
     *
     * @param what what the descriptor is, for messages
     */
    public SharedFd(Libc libc, String what) {
        this.libc = libc;
        this.what = what;
    }

    /**
     * Takes ownership.
     *
     * @param what what the descriptor is, for messages
     */
    public SharedFd(Libc libc, int fd, String what) {
        this(libc, what);
        own(fd);
    }

    /** Takes ownership of a new descriptor. Called once, before other threads know this object. */
    public void own(int opened) {
        fd = opened;
        STATE.setRelease(this, 0);
    }

    /** The number, for as long as only one thread knows this object. */
    public int number() {
        return fd;
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

    /** Wraps a new descriptor for a caller to own; closes it if there is no memory to do so. */
    public static DmaBufFd owned(Libc libc, int fd) {
        try {
            return new DmaBufFd(fd, number -> close(libc, number));
        } catch (Throwable e) {
            close(libc, fd);
            throw e;
        }
    }

    /** Closes a descriptor of which the caller is the only owner; a failure is logged, since nothing can be done about it. */
    public static void close(Libc libc, int fd) {
        int result = libc.close(fd);
        if (result < 0) {
            LOGGER.log(System.Logger.Level.WARNING, "close of fd {0} failed: {1}", fd, Errno.name(result));
        }
    }

    /**
     * Closes the descriptor once no thread uses it. Threads that wait for it stop waiting. Closing twice is harmless, and closes the
     * descriptor if the JVM had no memory or stack to do so before.
     */
    @Override
    public void close() {
        closeOnce();
    }

    /** As {@link #close()}; tells whether this call was the one that closed. */
    public boolean closeOnce() {
        int before = (int) STATE.getAndBitwiseOr(this, CLOSED);
        if (before == 0 || before == CLOSED) {
            return end() || before == 0;
        }
        if (before > 0) {
            Polling.wake(fd);
        }
        return before > 0;
    }

    /**
     * As {@link #close()}, for the end of memory, which comes once: a second end means that a plugin lost count, and would have closed
     * whatever file has the number by now. It does nothing, and the log says where it came from.
     *
     * @return whether this is the first
     */
    public boolean release() {
        boolean first = closeOnce();
        if (!first) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the " + what + " that had fd " + fd + " was released before; nothing was done",
                    new IllegalStateException("second release"));
        }
        return first;
    }

    /** A thread that came too late may be between its two additions; then it gets here when it leaves. */
    private boolean end() {
        if (!STATE.compareAndSet(this, CLOSED, CLOSED | ENDED)) {
            return false;
        }
        try {
            close(libc, fd);
            return true;
        } catch (Throwable e) {
            // The JVM had not the means to make the call.
            state = CLOSED;
            throw e;
        }
    }
}
