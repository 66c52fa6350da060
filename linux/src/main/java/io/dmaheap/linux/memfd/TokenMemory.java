package io.dmaheap.linux.memfd;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.linux.dmabuf.FileIdentity;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that stands for protected memory: an empty memfd of the right size, sealed against contents and open for writing
 * only, which is the one mode in which the kernel maps nothing ({@code EACCES}).
 */
public final class TokenMemory implements ImportedMemory {
    private static final Traits PROTECTED =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "unknown"));

    private final Libc libc;
    private final int fd;
    private final long size;
    private final String heap;
    private volatile @Nullable String label;

    TokenMemory(Libc libc, int fd, long size, String heap) {
        this.libc = libc;
        this.fd = fd;
        this.size = size;
        this.heap = heap;
    }

    /** The heap that it was made for. */
    public String heap() {
        return heap;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void release() {
        SharedFd.close(libc, fd);
    }

    @Override
    public MemoryInfo info() {
        FileIdentity identity = FileIdentity.of(libc, fd);
        return new MemoryInfo(
                Descriptor.TOKEN,
                identity.device(),
                identity.inode(),
                Optional.of("memfd"),
                Optional.ofNullable(label));
    }

    /** Protected for a use that the descriptor does not tell; the one who made it knows. */
    @Override
    public Traits traits() {
        return PROTECTED;
    }

    @Override
    public Mapping map(Access access) {
        throw HeapException.of(ErrorCode.NOT_CPU_ACCESSIBLE, "this memory is protected, the CPU cannot map it")
                .heap(heap)
                .operation("map")
                .build();
    }

    @Override
    public DmaBufFd exportFd() {
        return SharedFd.duplicate(libc, fd);
    }

    @Override
    public void setName(String name) {
        label = name;
    }
}
