package io.dmaheap.linux.dmabuf;

import io.dmaheap.Access;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;

/**
 * Takes in a descriptor that another program made. It is duplicated first and examined afterwards: the caller may close its number
 * at any moment, the duplicate is ours. No call that the file's owner answers is made before it is known to be a dma-buf.
 */
public final class DmaBufImport {
    private DmaBufImport() {}

    /**
     * Takes in a dma-buf.
     *
     * @param fd stays the caller's
     * @throws HeapException {@link ErrorCode#NOT_A_DMA_BUF}; {@link ErrorCode#TOO_MANY_FILES}
     */
    public static DmaBufMemory importFd(Libc libc, int fd) {
        try (DmaBufFd duplicate = duplicate(libc, fd)) {
            int number = duplicate.number();
            if (FileKind.of(libc, number) != FileKind.DMA_BUF) {
                throw notADmaBuf(fd).build();
            }
            var memory = new DmaBufMemory(libc, number, size(libc, number), accessMode(libc, number));
            duplicate.release();
            return memory;
        }
    }

    /** Duplicates the caller's descriptor. */
    public static DmaBufFd duplicate(Libc libc, int fd) {
        if (fd < 0) {
            throw closed(fd);
        }
        var source = new ForeignFds(libc);
        int result = libc.fcntl(fd, FileStructs.F_DUPFD_CLOEXEC, 0);
        if (result == -Errno.EBADF) {
            throw closed(fd);
        }
        if (result < 0) {
            throw Failure.of("fcntl(F_DUPFD_CLOEXEC)", result, "cannot duplicate fd " + fd)
                    .build();
        }
        try {
            return source.owned(result);
        } catch (Throwable e) {
            source.discard(result);
            throw e;
        }
    }

    /** The size of the buffer in bytes. */
    public static long size(Libc libc, int fd) {
        long size = libc.lseek(fd, 0, FileStructs.SEEK_END);
        if (size < 0) {
            throw Failure.of("lseek(SEEK_END)", size, "cannot find out the size of fd " + fd)
                    .build();
        }
        return size;
    }

    /** What the descriptor was opened for. One that was opened for nothing counts as write-only: neither can be mapped. */
    public static Access accessMode(Libc libc, int fd) {
        int flags = libc.fcntl(fd, FileStructs.F_GETFL, 0);
        if (flags < 0) {
            throw Failure.of("fcntl(F_GETFL)", flags, "cannot find out the access mode of fd " + fd)
                    .build();
        }
        return switch (flags & FileStructs.O_ACCMODE) {
            case FileStructs.O_RDONLY -> Access.READ;
            case FileStructs.O_RDWR -> Access.READ_WRITE;
            default -> Access.WRITE;
        };
    }

    /** Starts the refusal of a descriptor of something else. */
    public static HeapException.Builder notADmaBuf(int fd) {
        return HeapException.of(ErrorCode.NOT_A_DMA_BUF, "fd " + fd + " is not a dma-buf")
                .operation("readlink")
                .errno(Errno.name(Errno.EINVAL))
                .hint("`readlink /proc/" + ProcessHandle.current().pid() + "/fd/" + fd
                        + "` tells what it is; a dma-buf shows as /dmabuf:");
    }

    private static HeapException closed(int fd) {
        return Failure.of("fcntl(F_DUPFD_CLOEXEC)", -Errno.EBADF, "fd " + fd + " is not open")
                .hint(
                        "It was closed, perhaps by the device that it was handed to: pass a descriptor that is still yours")
                .build();
    }
}
