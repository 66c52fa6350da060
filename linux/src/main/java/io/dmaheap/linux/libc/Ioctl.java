package io.dmaheap.linux.libc;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Numbers of ioctls (include/uapi/asm-generic/ioctl.h, used by x86-64 and aarch64 alike), and the one place that issues them. */
public final class Ioctl {
    private static final int TYPE_SHIFT = 8;
    private static final int SIZE_SHIFT = 16;
    private static final int DIRECTION_SHIFT = 30;
    private static final int MAX_SIZE = 1 << 14;

    /** In nanoseconds. */
    private static final long SHORTEST_PAUSE = 1_000;

    private static final long LONGEST_PAUSE = 1_000_000;

    private static final int NONE = 0;
    private static final int WRITE = 1;
    private static final int READ = 2;

    private Ioctl() {}

    /** {@code _IO}: without an argument struct. */
    public static long io(int type, int number) {
        return ioc(NONE, type, number, 0);
    }

    /** {@code _IOR}: the kernel writes the struct. */
    public static long ior(int type, int number, MemoryLayout struct) {
        return ioc(READ, type, number, struct.byteSize());
    }

    /** {@code _IOW}: the kernel reads the struct. */
    public static long iow(int type, int number, MemoryLayout struct) {
        return ioc(WRITE, type, number, struct.byteSize());
    }

    /** {@code _IOWR}: the kernel does both. */
    public static long iowr(int type, int number, MemoryLayout struct) {
        return ioc(READ | WRITE, type, number, struct.byteSize());
    }

    /** {@code _IOC}. */
    private static long ioc(int direction, int type, int number, long size) {
        if (size >= MAX_SIZE) {
            throw new IllegalArgumentException("an ioctl argument has less than 16 KiB, not " + size);
        }
        return (long) direction << DIRECTION_SHIFT | size << SIZE_SHIFT | (long) type << TYPE_SHIFT | number;
    }

    /**
     * Issues an ioctl, again after {@code EINTR} and {@code EAGAIN}: the documents of dma-buf and DRM promise that the call may
     * be repeated unchanged. {@code EAGAIN} is waited out in growing pauses, of a millisecond at most.
     *
     * @return as {@link Libc#ioctl}, but never {@code -EAGAIN}; {@code -EINTR} if the thread is interrupted while the kernel asks for
     *     a repetition, and then the status stays set
     */
    public static int call(Libc libc, int fd, long request, MemorySegment argument) {
        int result = libc.ioctl(fd, request, argument);
        return mayBeRepeated(result)
                ? repeat(libc, fd, request, argument, result, true, LockSupport::parkNanos)
                : result;
    }

    /** As {@link #call} for what must come to its end, such as the end of a CPU access: an interrupt does not cut it short. */
    public static int finish(Libc libc, int fd, long request, MemorySegment argument) {
        int result = libc.ioctl(fd, request, argument);
        return mayBeRepeated(result)
                ? repeat(libc, fd, request, argument, result, false, LockSupport::parkNanos)
                : result;
    }

    private static boolean mayBeRepeated(int result) {
        return result == -Errno.EINTR || result == -Errno.EAGAIN;
    }

    /** Repeats until there is another answer than {@code first}; {@code pauses} gets the nanoseconds of each pause. */
    static int repeat(
            Libc libc,
            int fd,
            long request,
            MemorySegment argument,
            int first,
            boolean interruptible,
            LongConsumer pauses) {
        int result = first;
        long pause = SHORTEST_PAUSE;
        boolean interrupted = false;
        try {
            while (mayBeRepeated(result)) {
                // Cleared until the end, for it would cut every pause short.
                interrupted |= Thread.interrupted();
                if (interruptible && interrupted) {
                    return -Errno.EINTR;
                }
                if (result == -Errno.EAGAIN) {
                    pauses.accept(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE);
                }
                result = libc.ioctl(fd, request, argument);
            }
            return result;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
