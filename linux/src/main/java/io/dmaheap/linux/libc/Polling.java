package io.dmaheap.linux.libc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for a descriptor. The thread is parked, not inside a system call: a virtual thread gives up its carrier, and an interrupt ends
 * the wait at once. {@link Poller} wakes it. Where that is not possible, for lack of descriptors or because the file is none for epoll(7),
 * the thread looks for itself every {@value #SLICE_MILLIS} ms.
 */
public final class Polling {
    private static final int SLICE_MILLIS = 50;
    private static final long SLICE_NANOS = SLICE_MILLIS * 1_000_000L;

    private Polling() {}

    /**
     * Waits until the descriptor is ready, has failed or was hung up. The caller keeps it open meanwhile.
     *
     * @param abandoned waiting ends as if the time were over; asked when {@link #wake} was called
     * @return whether something happened within the time
     * @throws HeapException {@link ErrorCode#INTERRUPTED} with the thread's interrupt status set again
     */
    public static boolean await(Libc libc, int fd, short events, Duration timeout, BooleanSupplier abandoned) {
        long start = System.nanoTime();
        long limit = nanos(timeout);
        while (!isReady(libc, fd, events)) {
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for fd " + fd)
                        .operation("poll")
                        .build();
            }
            long left = limit - (System.nanoTime() - start);
            if (left <= 0 || abandoned.getAsBoolean()) {
                return false;
            }
            park(fd, events, left, abandoned);
        }
        return true;
    }

    /** Has every thread that waits for a descriptor ask whether it is abandoned. */
    static void wake(int fd) {
        Poller.shared().wake(fd);
    }

    private static boolean isReady(Libc libc, int fd, short events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(FileStructs.POLLFD);
            FileStructs.POLLFD_FD.set(entry, 0L, fd);
            FileStructs.POLLFD_EVENTS.set(entry, 0L, events);
            int result = libc.poll(entry, 1, 0);
            if (result < 0 && result != -Errno.EINTR) {
                throw Failure.of("poll", result, "cannot wait for fd " + fd).build();
            }
            return result > 0;
        }
    }

    private static void park(int fd, short events, long nanos, BooleanSupplier abandoned) {
        try (Poller.Registration registration = Poller.shared().register(fd, events)) {
            if (registration == null) {
                LockSupport.parkNanos(Math.min(nanos, SLICE_NANOS));
            } else if (!abandoned.getAsBoolean()) {
                // Asked after registering, so that a wake between the two is not missed.
                registration.await(nanos);
            }
        }
    }

    private static long nanos(Duration timeout) {
        try {
            return Math.max(0, timeout.toNanos());
        } catch (ArithmeticException _) {
            return Long.MAX_VALUE;
        }
    }
}
