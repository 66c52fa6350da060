package io.dmaheap.cli.play;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.BufferInfo;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.Traits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;

/** A buffer of whole pages in plain memory that promises zeros. */
public final class FakeBuffer implements DmaBuf {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private boolean forgetful;
    private boolean closed;

    public FakeBuffer(long size) {
        memory = arena.allocate((size + 4095) / 4096 * 4096);
    }

    /** Breaks the promise with one byte. */
    public FakeBuffer dirty() {
        memory.set(ValueLayout.JAVA_BYTE, memory.byteSize() - 1, (byte) 7);
        return this;
    }

    /** Loses what is written to the first page. */
    FakeBuffer forgetful() {
        forgetful = true;
        return this;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public long size() {
        return memory.byteSize();
    }

    @Override
    public Traits traits() {
        return Traits.SYSTEM;
    }

    @Override
    public BufferInfo info() {
        return new BufferInfo(
                Optional.of("fake"),
                size(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                BufferInfo.Descriptor.NONE,
                0);
    }

    @Override
    public void setName(String name) {}

    @Override
    public CpuAccess access(Access access) {
        return new CpuAccess() {
            @Override
            public MemorySegment segment() {
                return memory;
            }

            @Override
            public Access access() {
                return access;
            }

            @Override
            public void close() {
                if (forgetful) {
                    memory.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, 0);
                }
            }
        };
    }

    @Override
    public CpuAccess sharedAccess(Access access) {
        return access(access);
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        return true;
    }

    @Override
    public Fence exportFence(Access access) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void importFence(Fence fence, Access access) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Answer canAccess(String device, Access direction) {
        return Answer.UNKNOWN;
    }

    @Override
    public Optional<AccessList> accessList() {
        return Optional.empty();
    }

    @Override
    public DmaBufFd exportFd() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DmaBuf retain() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        closed = true;
        arena.close();
    }
}
