package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.Traits;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.BufferName;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reference in the hands of a caller. Every operation holds one of its own while it runs. */
final class BufferHandle implements DmaBuf {
    private final Buffer buffer;
    private final Buffers buffers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final LeakDetector.Watch watch;

    BufferHandle(Buffer buffer, Buffers buffers, LeakDetector leaks) {
        this.buffer = buffer;
        this.buffers = buffers;
        this.watch = leaks.watch(
                this,
                "buffer of " + buffer.memory.size() + " bytes",
                buffer.memory.size(),
                new Release(buffer, buffers.ledger()),
                leaks.sampled());
    }

    /** Must not reach the handle, which would never become garbage. */
    private record Release(Buffer buffer, Ledger ledger) implements Runnable {
        @Override
        public void run() {
            ledger.handles.decrement();
            buffer.release();
        }
    }

    /** Takes the reference that an operation holds; the caller releases it. */
    private void enter() {
        if (closed.get() || !buffer.retain()) {
            throw new IllegalStateException("this handle of a buffer is closed");
        }
    }

    @Override
    public long size() {
        return buffer.memory.size();
    }

    @Override
    public Traits traits() {
        return buffer.source.traits();
    }

    @Override
    public BufferInfo info() {
        enter();
        try {
            return buffer.info();
        } finally {
            buffer.release();
        }
    }

    @Override
    public void setName(String name) {
        BufferName.check(name);
        enter();
        try {
            buffer.memory.setName(name);
        } finally {
            buffer.release();
        }
    }

    @Override
    public CpuAccess access(Access access) {
        return begin(access, false);
    }

    @Override
    public CpuAccess sharedAccess(Access access) {
        return begin(access, true);
    }

    private CpuAccess begin(Access access, boolean shared) {
        enter();
        try {
            AccessRefusal.check(buffer.source, access);
            return AccessScope.begin(buffer, buffers.ledger(), access, shared ? Arena.ofShared() : Arena.ofConfined());
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    @Override
    public boolean awaitIdle(Access access, Duration timeout) {
        enter();
        try {
            return buffer.memory.awaitIdle(access, timeout);
        } finally {
            buffer.release();
        }
    }

    @Override
    public Fence exportFence(Access access) {
        enter();
        try {
            return buffer.memory.exportFence(access);
        } finally {
            buffer.release();
        }
    }

    @Override
    public void importFence(Fence fence, Access access) {
        enter();
        try {
            buffer.memory.importFence(fence, access);
        } finally {
            buffer.release();
        }
    }

    @Override
    public DmaBufFd exportFd() {
        enter();
        try {
            return buffer.exportFd();
        } finally {
            buffer.release();
        }
    }

    @Override
    public DmaBuf retain() {
        enter();
        return buffers.handle(buffer);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            watch.end();
        }
    }

    @Override
    public String toString() {
        return "DmaBuf of " + size() + " bytes"
                + buffer.source.heap().map(name -> " from " + name).orElse(", imported")
                + (closed.get() ? " (closed)" : "");
    }
}
