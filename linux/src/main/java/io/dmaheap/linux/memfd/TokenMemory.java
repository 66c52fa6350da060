package io.dmaheap.linux.memfd;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.util.Optional;

/**
 * A descriptor that stands for protected memory: an empty memfd of the right size, sealed against contents and open for writing
 * only, which is the one mode in which the kernel maps nothing ({@code EACCES}).
 */
public final class TokenMemory extends OneShotMemory implements ImportedMemory {
    private static final Traits PROTECTED =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "unknown"));

    private final MemoryFile file;

    TokenMemory(MemoryFile file) {
        this.file = file;
    }

    @Override
    public Optional<String> heap() {
        return Optional.of(file.heap);
    }

    @Override
    public long size() {
        return file.size;
    }

    @Override
    public void release() {
        if (!file.release()) {
            releasedAgain();
        }
    }

    @Override
    public MemoryInfo info() {
        return file.info(Descriptor.TOKEN);
    }

    /** Protected for a use that the descriptor does not tell; the one who made it knows. */
    @Override
    public Traits traits() {
        return PROTECTED;
    }

    @Override
    public Mapping map(Access access) {
        file.fd.checkOpen();
        throw HeapException.of(ErrorCode.NOT_CPU_ACCESSIBLE, "this memory is protected, the CPU cannot map it")
                .heap(file.heap)
                .operation("map")
                .build();
    }

    @Override
    public DmaBufFd exportFd() {
        return file.duplicate();
    }

    @Override
    public void setName(String name) {
        file.fd.checkOpen();
        file.label = name;
    }
}
