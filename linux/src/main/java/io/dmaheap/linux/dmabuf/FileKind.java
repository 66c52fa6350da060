package io.dmaheap.linux.dmabuf;

import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * What a descriptor refers to, found out without asking its file system. A descriptor of another process may be that of a FUSE file, and
 * its server, which may be that process, then answers {@code statfs}, {@code statx}, {@code lseek} and {@code close}, or leaves the caller
 * waiting.
 *
 * <p>{@code readlink(/proc/self/fd/N)} prints the path, which is no proof: the root of a mount that this process does not see is left out
 * of it, so a file of any mount may show as {@code /dmabuf:} (prepend_path in fs/d_path.c). Only a dma-buf has {@code exp_name} in its
 * {@code fdinfo}, and only memory files of the kernel have seals (memfd_fcntl in mm/memfd.c).
 */
public enum FileKind {
    /** A dma-buf. */
    DMA_BUF,
    /** Memory of the kernel's, made by {@code memfd_create(2)}. */
    MEMFD,
    /** Anything else. */
    OTHER;

    private static final String DMA_BUF_LINK = "/dmabuf:";
    private static final String MEMFD_LINK = "/memfd:";
    private static final int LONGEST = 4096;

    /**
     * Looks at a descriptor of this process.
     *
     * @throws HeapException if it is closed or {@code /proc} is not mounted: {@link io.dmaheap.ErrorCode#SYSTEM_ERROR} with {@code ENOENT};
     *     {@link io.dmaheap.ErrorCode#TOO_MANY_FILES}
     */
    public static FileKind of(Libc libc, int fd) {
        String link = link(libc, fd);
        if (link.startsWith(DMA_BUF_LINK) && FdInfo.ofSelf(libc, fd).exporter().isPresent()) {
            return DMA_BUF;
        }
        return link.startsWith(MEMFD_LINK) && hasSeals(libc, fd) ? MEMFD : OTHER;
    }

    private static boolean hasSeals(Libc libc, int fd) {
        int seals = libc.fcntl(fd, FileStructs.F_GET_SEALS, 0);
        if (seals < 0 && seals != -Errno.EINVAL) {
            throw Failure.of("fcntl(F_GET_SEALS)", seals, "cannot see what fd " + fd + " is")
                    .build();
        }
        return seals >= 0;
    }

    /**
     * The path of a descriptor of this process, as {@code /proc} shows it.
     *
     * @throws HeapException as {@link #of}
     */
    public static String link(Libc libc, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocate(LONGEST);
            long length = libc.readlink("/proc/self/fd/" + fd, path);
            if (length < 0) {
                throw Failure.of("readlink", length, "cannot see what fd " + fd + " is")
                        .hint("`ls -l /proc/self/fd` must work: is /proc mounted?")
                        .build();
            }
            return new String(path.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }
}
