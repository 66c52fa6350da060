package io.dmaheap.linux.dmabuf;

import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What makes two descriptors the same file on this machine.
 *
 * @param device major number in the upper half, minor in the lower
 * @param inode the inode number
 */
public record FileIdentity(long device, long inode) {

    /** Asks the kernel ({@code statx}). */
    public static FileIdentity of(Libc libc, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(FileStructs.STATX);
            int result = libc.statx(fd, FileStructs.STATX_INO, status);
            if (result < 0) {
                throw Failure.of("statx", result, "cannot identify fd " + fd).build();
            }
            int major = (int) FileStructs.STATX_DEV_MAJOR.get(status, 0L);
            int minor = (int) FileStructs.STATX_DEV_MINOR.get(status, 0L);
            return new FileIdentity((long) major << Integer.SIZE | Integer.toUnsignedLong(minor), (long)
                    FileStructs.STATX_INODE.get(status, 0L));
        }
    }
}
