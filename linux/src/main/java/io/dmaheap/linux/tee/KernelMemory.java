package io.dmaheap.linux.tee;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.FdMapping;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.memfd.ViewScope;
import io.dmaheap.spi.Mapping;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter.Direction;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Shared memory as the kernel knows it: an id in calls, and a descriptor whose end is its end. */
final class KernelMemory implements TeeMemory {
    private final KernelTee owner;
    private final int id;
    private final long size;
    private final @Nullable MemorySegment segment;
    private final Held held;

    private KernelMemory(KernelTee owner, int id, long size, @Nullable MemorySegment segment, Runnable end) {
        this.owner = owner;
        this.id = id;
        this.size = size;
        this.segment = segment;
        this.held = new Held("shared memory", end);
    }

    /** Maps memory that the kernel allocated. Owns the descriptor if it succeeds. */
    static KernelMemory allocated(KernelTee owner, Libc libc, int fd, int id, long size) {
        Mapping mapping = FdMapping.of(libc, fd, size, Access.READ_WRITE, Access.READ_WRITE);
        try {
            var views = new ViewScope();
            return new KernelMemory(
                    owner,
                    id,
                    size,
                    mapping.segment(views.arena()),
                    () -> views.close(() -> {
                        mapping.unmap();
                        SharedFd.close(libc, fd);
                    }));
        } catch (RuntimeException | Error e) {
            mapping.unmap();
            throw e;
        }
    }

    /** Owns the descriptor of a registration; {@code segment} is null for a buffer. */
    static KernelMemory registered(
            KernelTee owner, Libc libc, int fd, int id, long size, @Nullable MemorySegment segment) {
        return new KernelMemory(owner, id, size, segment, () -> SharedFd.close(libc, fd));
    }

    boolean belongsTo(KernelTee tee) {
        return owner == tee;
    }

    int id() {
        return id;
    }

    Held held() {
        return held;
    }

    /**
     * Checks that a call may use it.
     *
     * @throws IllegalStateException if the registered segment has ended
     * @throws IllegalArgumentException if the application would write a segment that this process may only read
     */
    void checkUse(Direction direction) {
        if (segment == null) {
            return;
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the segment behind this shared memory has ended");
        }
        if (direction.out() && segment.isReadOnly()) {
            throw new IllegalArgumentException(
                    "the segment behind this shared memory is read-only: pass it for the application to read, with in()");
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment segment() {
        held.enter();
        try {
            if (segment == null) {
                throw HeapException.of(
                                ErrorCode.NOT_CPU_ACCESSIBLE,
                                "a registered buffer is not mapped through its registration")
                        .operation("mmap")
                        .hint("Use DmaBuf.access, which protected buffers refuse")
                        .build();
            }
            return segment;
        } finally {
            held.leave();
        }
    }

    @Override
    public void close() {
        held.close();
    }

    @Override
    public void close(Runnable unused) {
        held.close(unused);
    }

    @Override
    public String toString() {
        return "shared memory of " + size + " bytes";
    }
}
