package io.dmaheap.linux.memfd;

import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.linux.dmabuf.FileIdentity;
import io.dmaheap.linux.dmabuf.Memfd;
import io.dmaheap.linux.dmabuf.MemfdSeals;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.MemoryInfo;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The descriptor of a memfd, whether pages are behind it or a token. Owned by the memory that it is part of. */
final class MemoryFile {
    final Libc libc;
    /** Released once, by the memory that it is part of. */
    final SharedFd fd;

    final long size;
    /** The heap that it was made for; empty for a memfd that another program made. */
    final String heap;

    /** What its name says or, later, what this process calls it. */
    volatile @Nullable String label;

    /** A file that is about to get its descriptor. */
    MemoryFile(Libc libc, long size, String heap, Optional<String> label) {
        this.libc = libc;
        this.fd = new SharedFd(libc, "memory");
        this.size = size;
        this.heap = heap;
        this.label = label.orElse(null);
    }

    /** Takes ownership. */
    MemoryFile(Libc libc, int fd, long size, String heap, Optional<String> label) {
        this(libc, size, heap, label);
        this.fd.own(fd);
    }

    /** Makes the memfd. */
    void create(String name) {
        Memfd.create(libc, fd, name, size);
    }

    MemoryInfo info(Descriptor descriptor) {
        FileIdentity identity = fd.use(number -> FileIdentity.of(libc, number));
        return new MemoryInfo(
                descriptor, identity.device(), identity.inode(), Optional.of("memfd"), Optional.ofNullable(label));
    }

    DmaBufFd duplicate() {
        return fd.duplicate();
    }

    /** A descriptor of the same file with less access; {@code mode} is one of {@code O_RDONLY} and {@code O_WRONLY}. */
    DmaBufFd reopen(int mode) {
        return fd.use(number -> {
            int result = libc.open("/proc/self/fd/" + number, mode | FileStructs.O_CLOEXEC);
            if (result < 0) {
                throw Failure.of("open", result, "cannot open /proc/self/fd/" + number + " with less access")
                        .build();
            }
            return SharedFd.owned(libc, result);
        });
    }

    void seal(MemfdSeals seals) {
        int number = fd.enter();
        try {
            seals.addTo(libc, number);
        } finally {
            fd.leave();
        }
    }

    boolean release() {
        return fd.release();
    }
}
