package io.dmaheap.linux.memfd;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.Traits;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.dmabuf.FdMapping;
import io.dmaheap.linux.dmabuf.MemfdSeals;
import io.dmaheap.linux.dmabuf.Udmabuf;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.time.Duration;
import java.util.Optional;

/**
 * Memory behind a memfd.
 *
 * <p>While nobody else can hold a descriptor it stays a plain, unsealed memfd, which is cheap. When it is first asked for its
 * descriptor, identity or fences, it is sealed and, if it may be written and {@code /dev/udmabuf} can be opened, becomes a true
 * dma-buf: the same pages under the same descriptor number.
 */
public final class MemfdMemory extends OneShotMemory implements ImportedMemory {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");
    private static final Traits SHARED_PAGES =
            new Traits(Answer.UNKNOWN, Answer.YES, Answer.YES, Answer.UNKNOWN, 4096, Optional.empty());

    private final MemoryFile file;
    private final Udmabuf udmabuf;
    private final Access granted;
    private final DmaBufMemory dmaBuf;
    private volatile State state;

    private MemfdMemory(MemoryFile file, Udmabuf udmabuf, Access granted, State state) {
        this.file = file;
        this.udmabuf = udmabuf;
        this.granted = granted;
        this.dmaBuf = new DmaBufMemory(file.libc, file.fd, file.size, granted);
        this.state = state;
    }

    /** New memory, of which nobody else knows. */
    static MemfdMemory created(MemoryFile file, Udmabuf udmabuf, Access granted) {
        return new MemfdMemory(file, udmabuf, granted, State.PRIVATE);
    }

    /** Memory of another process: its maker decided what it is. */
    static MemfdMemory imported(MemoryFile file, Udmabuf udmabuf, Access granted) {
        return new MemfdMemory(file, udmabuf, granted, State.IMPORTED);
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
        if (shared() == State.DMA_BUF) {
            return dmaBuf.info();
        }
        return file.info(Descriptor.MEMFD);
    }

    /** While it is private its descriptor cannot be taken in, which takes seals, and asking adds none. */
    @Override
    public MemoryInfo peek() {
        return state == State.PRIVATE ? MemoryInfo.NONE : info();
    }

    @Override
    public Optional<String> heap() {
        return Optional.of(file.heap).filter(heap -> !heap.isEmpty());
    }

    @Override
    public Traits traits() {
        return SHARED_PAGES;
    }

    @Override
    public Mapping map(Access access) {
        return FdMapping.of(file.libc, file.fd, file.size, granted, access);
    }

    /** Maps the memory as a device sees it: for reading and writing, whatever access holders of a descriptor were granted. */
    public Mapping mapForDevice() {
        return FdMapping.of(file.libc, file.fd, file.size, Access.READ_WRITE, Access.READ_WRITE);
    }

    @Override
    public void beginCpuAccess(Access access) {
        file.fd.checkOpen();
        if (state == State.DMA_BUF) {
            dmaBuf.beginCpuAccess(access);
        }
    }

    @Override
    public void endCpuAccess(Access access) {
        file.fd.checkOpen();
        if (state == State.DMA_BUF) {
            dmaBuf.endCpuAccess(access);
        }
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        file.fd.checkOpen();
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
            return file.duplicate();
        }
        return file.reopen(granted == Access.READ ? FileStructs.O_RDONLY : FileStructs.O_WRONLY);
    }

    @Override
    public void setName(String name) {
        file.fd.checkOpen();
        synchronized (this) {
            file.label = name;
            if (state != State.DMA_BUF) {
                return;
            }
        }
        dmaBuf.setName(name);
    }

    @Override
    public String toString() {
        return "memfd of " + file.size + " bytes, heap " + file.heap;
    }

    /**
     * Decides, once, what others get to see. A failure on the way leaves the step that it was in to the next call; sealing again would be
     * refused ({@code EPERM}).
     */
    private synchronized State shared() {
        file.fd.checkOpen();
        if (state == State.PRIVATE) {
            file.seal(MemfdSeals.BUFFER);
            state = State.SEALED;
        }
        if (state == State.SEALED) {
            state = becomeDmaBuf() ? State.DMA_BUF : State.MEMFD;
        }
        return state;
    }

    /**
     * A udmabuf can be written by whoever holds it, so a buffer with less access stays a memfd. The new descriptor takes the
     * number of the old one in one step, and as the last one: calls of other threads that are under way hit either, and both are the
     * same pages.
     */
    private boolean becomeDmaBuf() {
        if (granted != Access.READ_WRITE) {
            return false;
        }
        int number = file.fd.enter();
        try {
            return becomeDmaBuf(number);
        } finally {
            file.fd.leave();
        }
    }

    private boolean becomeDmaBuf(int number) {
        int created = udmabuf.create(number, file.size);
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
                    .heap(file.heap)
                    .build();
        }
        try {
            catchUp(new DmaBufMemory(file.libc, created, file.size, granted));
            int result = file.libc.dup3(created, number, FileStructs.O_CLOEXEC);
            if (result < 0) {
                throw Failure.of("dup3", result, "cannot put the dma-buf in the place of its memory file")
                        .build();
            }
            return true;
        } finally {
            SharedFd.close(file.libc, created);
        }
    }

    /** Does to the dma-buf what was done to the memfd before. */
    private void catchUp(DmaBufMemory created) {
        // An access that began on the memfd may end on the dma-buf, and a udmabuf refuses an end before any begin.
        created.beginCpuAccess(Access.READ_WRITE);
        created.endCpuAccess(Access.READ_WRITE);
        String label = file.label;
        if (label != null) {
            created.setName(label);
        }
    }

    private enum State {
        /** Nobody else can hold a descriptor. */
        PRIVATE,
        /** On the way to one of the next two. */
        SEALED,
        MEMFD,
        DMA_BUF,
        IMPORTED
    }
}
