package io.dmaheap.linux.libc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits for a descriptor with {@code poll(2)}, in slices: a thread inside a system call does not see {@link Thread#interrupt()},
 * so it comes back every {@value #SLICE_MILLIS} ms to look.
 */
public final class Polling {
    private static final int SLICE_MILLIS = 50;

    private Polling() {}

    /**
     * Waits until the descriptor is ready, has failed or was hung up.
     *
     * @param abandoned asked between slices; waiting ends as if the time were over
     * @return whether something happened within the time
     * @throws HeapException {@link ErrorCode#INTERRUPTED} with the thread's interrupt status set again
     */
    public static boolean await(Libc libc, int fd, short events, Duration timeout, BooleanSupplier abandoned) {
        long start = System.nanoTime();
        long limit = nanos(timeout);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(FileStructs.POLLFD);
            FileStructs.POLLFD_FD.set(entry, 0L, fd);
            FileStructs.POLLFD_EVENTS.set(entry, 0L, events);
            while (true) {
                long left = limit - (System.nanoTime() - start);
                int result = libc.poll(entry, 1, slice(left));
                if (result < 0 && result != -Errno.EINTR) {
                    throw Failure.of("poll", result, "cannot wait for fd " + fd).build();
                }
                if (result > 0) {
                    return true;
                }
                if (Thread.interrupted()) {
                    Thread.currentThread().interrupt();
                    throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for fd " + fd)
                            .operation("poll")
                            .build();
                }
                if (left <= 0 || abandoned.getAsBoolean()) {
                    return false;
                }
            }
        }
    }

    private static int slice(long nanos) {
        if (nanos <= 0) {
            return 0;
        }
        long roundedUp = Math.min(nanos, SLICE_MILLIS * 1_000_000L) + 999_999;
        return (int) (roundedUp / 1_000_000);
    }

    private static long nanos(Duration timeout) {
        try {
            return Math.max(0, timeout.toNanos());
        } catch (ArithmeticException _) {
            return Long.MAX_VALUE;
        }
    }
}
