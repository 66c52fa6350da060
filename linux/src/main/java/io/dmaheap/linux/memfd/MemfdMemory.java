package io.dmaheap.linux.memfd;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.Traits;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.dmabuf.FdMapping;
import io.dmaheap.linux.dmabuf.FileIdentity;
import io.dmaheap.linux.dmabuf.Udmabuf;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory behind a memfd.
 *
 * <p>While nobody else can hold a descriptor it stays a plain, unsealed memfd, which is cheap. When it is first asked for its
 * descriptor, identity or fences, it is sealed and, if it may be written and {@code /dev/udmabuf} can be opened, becomes a true
 * dma-buf: the same pages under the same descriptor number.
 */
public final class MemfdMemory implements ImportedMemory {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");
    private static final Traits SHARED_PAGES =
            new Traits(Answer.UNKNOWN, Answer.YES, Answer.YES, Answer.UNKNOWN, 4096, Optional.empty());

    private final Libc libc;
    private final Udmabuf udmabuf;
    private final int fd;
    private final long size;
    private final Access granted;
    private final String heap;
    private final DmaBufMemory dmaBuf;
    private volatile State state;
    private volatile @Nullable String label;

    MemfdMemory(Libc libc, Udmabuf udmabuf, int fd, long size, Access granted, String heap) {
        this(libc, udmabuf, fd, size, granted, heap, State.PRIVATE);
    }

    private MemfdMemory(Libc libc, Udmabuf udmabuf, int fd, long size, Access granted, String heap, State state) {
        this.libc = libc;
        this.udmabuf = udmabuf;
        this.fd = fd;
        this.size = size;
        this.granted = granted;
        this.heap = heap;
        this.dmaBuf = new DmaBufMemory(libc, fd, size, granted);
        this.state = state;
    }

    /** Memory of another process: its maker decided what it is. */
    static MemfdMemory imported(Libc libc, Udmabuf udmabuf, int fd, long size, Access granted, String heap) {
        return new MemfdMemory(libc, udmabuf, fd, size, granted, heap, State.IMPORTED);
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
        if (shared() == State.DMA_BUF) {
            return dmaBuf.info();
        }
        FileIdentity identity = FileIdentity.of(libc, fd);
        return new MemoryInfo(
                Descriptor.MEMFD,
                identity.device(),
                identity.inode(),
                Optional.of("memfd"),
                Optional.ofNullable(label));
    }

    @Override
    public Traits traits() {
        return SHARED_PAGES;
    }

    @Override
    public Mapping map(Access access) {
        return FdMapping.of(libc, fd, size, granted, access);
    }

    /** Maps the memory as a device sees it: for reading and writing, whatever access holders of a descriptor were granted. */
    public Mapping mapForDevice() {
        return FdMapping.of(libc, fd, size, Access.READ_WRITE, Access.READ_WRITE);
    }

    @Override
    public void beginCpuAccess(Access access) {
        if (state == State.DMA_BUF) {
            dmaBuf.beginCpuAccess(access);
        }
    }

    @Override
    public void endCpuAccess(Access access) {
        if (state == State.DMA_BUF) {
            dmaBuf.endCpuAccess(access);
        }
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        return state != State.DMA_BUF || dmaBuf.awaitIdle(access, timeout);
    }

    @Override
    public Fence exportFence(Access access) {
        return shared() == State.DMA_BUF ? dmaBuf.exportFence(access) : ImportedMemory.super.exportFence(access);
    }

    @Override
    public void importFence(Fence fence, Access access) {
        if (shared() == State.DMA_BUF) {
            dmaBuf.importFence(fence, access);
        } else {
            ImportedMemory.super.importFence(fence, access);
        }
    }

    @Override
    public DmaBufFd exportFd() {
        if (shared() != State.MEMFD || granted == Access.READ_WRITE) {
            return SharedFd.duplicate(libc, fd);
        }
        int mode = granted == Access.READ ? FileStructs.O_RDONLY : FileStructs.O_WRONLY;
        return SharedFd.owned(libc, reopen(libc, fd, mode));
    }

    @Override
    public void setName(String name) {
        synchronized (this) {
            label = name;
            if (state != State.DMA_BUF) {
                return;
            }
        }
        dmaBuf.setName(name);
    }

    @Override
    public String toString() {
        return "memfd of " + size + " bytes, heap " + heap;
    }

    /** Decides, once, what others get to see. */
    private synchronized State shared() {
        if (state == State.PRIVATE) {
            MemfdSeals.BUFFER.addTo(libc, fd);
            state = becomeDmaBuf() ? State.DMA_BUF : State.MEMFD;
            if (state == State.DMA_BUF) {
                catchUp();
            }
        }
        return state;
    }

    /** Does to the dma-buf what was done to the memfd before. */
    private void catchUp() {
        // An access that began on the memfd may end on the dma-buf, and a udmabuf refuses an end before any begin.
        dmaBuf.beginCpuAccess(Access.READ_WRITE);
        dmaBuf.endCpuAccess(Access.READ_WRITE);
        if (label != null) {
            dmaBuf.setName(label);
        }
    }

    /**
     * A udmabuf can be written by whoever holds it, so a buffer with less access stays a memfd. The new descriptor takes the
     * number of the old one in one step: calls of other threads that are under way hit either, and both are the same pages.
     */
    private boolean becomeDmaBuf() {
        if (granted != Access.READ_WRITE) {
            return false;
        }
        int created = udmabuf.create(fd, size);
        if (Udmabuf.cannotBeUsed(created)) {
            LOGGER.log(
                    System.Logger.Level.DEBUG,
                    "{0}: {1}, so the buffer stays a memfd",
                    Udmabuf.NODE,
                    Errno.name(created));
            return false;
        }
        if (created < 0) {
            throw Failure.of("UDMABUF_CREATE", created, "cannot make a dma-buf of the memory file")
                    .heap(heap)
                    .build();
        }
        int result = libc.dup3(created, fd, FileStructs.O_CLOEXEC);
        SharedFd.close(libc, created);
        if (result < 0) {
            throw Failure.of("dup3", result, "cannot put the dma-buf in the place of its memory file")
                    .build();
        }
        return true;
    }

    static int reopen(Libc libc, int fd, int mode) {
        int result = libc.open("/proc/self/fd/" + fd, mode | FileStructs.O_CLOEXEC);
        if (result < 0) {
            throw Failure.of("open", result, "cannot open /proc/self/fd/" + fd + " with less access")
                    .build();
        }
        return result;
    }

    private enum State {
        /** Nobody else can hold a descriptor. */
        PRIVATE,
        MEMFD,
        DMA_BUF,
        IMPORTED
    }
}
