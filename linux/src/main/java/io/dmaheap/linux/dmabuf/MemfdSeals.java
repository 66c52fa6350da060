package io.dmaheap.linux.dmabuf;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;

/**
 * What nobody may do any more to a memfd that was handed out (fcntl(2), {@code F_ADD_SEALS}).
 *
 * <p>A buffer never changes its size: shrinking it under a mapping would turn the next access into a fault. Its seals are final, so
 * that no holder can add {@code F_SEAL_WRITE}, which would also keep it from becoming a udmabuf.
 */
public enum MemfdSeals {
    /** Of memory. */
    BUFFER(FileStructs.F_SEAL_SHRINK | FileStructs.F_SEAL_GROW | FileStructs.F_SEAL_SEAL),
    /** Of a token, which takes no contents either. */
    TOKEN(BUFFER.bits | FileStructs.F_SEAL_WRITE);

    private final int bits;

    MemfdSeals(int bits) {
        this.bits = bits;
    }

    /** Adds them to a memfd that this process made. */
    public void addTo(Libc libc, int fd) {
        int result = libc.fcntl(fd, FileStructs.F_ADD_SEALS, bits);
        if (result < 0) {
            throw Failure.of("fcntl(F_ADD_SEALS)", result, "cannot seal the memory file")
                    .build();
        }
    }

    /** Refuses a memfd that its sender could still shrink. */
    public void require(Libc libc, int fd, int shown) {
        int found = libc.fcntl(fd, FileStructs.F_GET_SEALS, 0);
        if (found < 0) {
            throw Failure.of("fcntl(F_GET_SEALS)", found, "cannot read the seals of fd " + shown)
                    .build();
        }
        if ((found & FileStructs.F_SEAL_SHRINK) == 0) {
            throw HeapException.of(ErrorCode.NOT_A_DMA_BUF, "fd " + shown + " is a memfd that can still shrink")
                    .operation("fcntl(F_GET_SEALS)")
                    .errno(Errno.name(Errno.EINVAL))
                    .hint("Its maker must seal it: fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW)")
                    .build();
        }
    }
}
