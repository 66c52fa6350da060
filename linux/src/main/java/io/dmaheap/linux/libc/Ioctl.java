package io.dmaheap.linux.libc;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/** Numbers of ioctls (include/uapi/asm-generic/ioctl.h, used by x86-64 and aarch64 alike), and the one place that issues them. */
public final class Ioctl {
    private static final int TYPE_SHIFT = 8;
    private static final int SIZE_SHIFT = 16;
    private static final int DIRECTION_SHIFT = 30;
    private static final int MAX_SIZE = 1 << 14;

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
     * be repeated unchanged.
     *
     * @return as {@link Libc#ioctl}, but never {@code -EINTR} or {@code -EAGAIN}
     */
    public static int call(Libc libc, int fd, long request, MemorySegment argument) {
        int result;
        do {
            result = libc.ioctl(fd, request, argument);
        } while (result == -Errno.EINTR || result == -Errno.EAGAIN);
        return result;
    }
}
