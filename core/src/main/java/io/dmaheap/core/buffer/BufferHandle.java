package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.BufferInfo;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import io.dmaheap.Traits;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.registry.BufferName;
import io.dmaheap.spi.PlatformDevice;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A reference in the hands of a caller. Every operation holds one of its own while it runs. */
final class BufferHandle implements DmaBuf {
    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(BufferHandle.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Buffer buffer;
    private final Buffers buffers;
    private final Hold held;
    private volatile boolean closed;

    /** A handle that owns nothing yet. It is watched from the start, since nothing must be made once there is something to lose. */
    BufferHandle(Buffer buffer, Buffers buffers) {
        this.buffer = buffer;
        this.buffers = buffers;
        this.held = new Hold(buffer, buffers);
        held.watch(this);
    }

    /** A handle for a reference that the caller has; it is dropped if that fails. */
    static BufferHandle owning(Buffer buffer, Buffers buffers) {
        BufferHandle handle;
        try {
            handle = new BufferHandle(buffer, buffers);
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
        handle.held.owns = true;
        return handle.counted();
    }

    private BufferHandle counted() {
        try {
            count();
            return this;
        } catch (RuntimeException | Error e) {
            abandon();
            throw e;
        }
    }

    /** Takes over a reference to the buffer. */
    void own() {
        held.owns = true;
    }

    /** Counts as open from now on. */
    void count() {
        held.ledger.handles.increment();
        held.counted = true;
    }

    /** Gives up a handle that no caller got, with what it owns. */
    void abandon() {
        closed = true;
        held.end();
        Reference.reachabilityFence(this);
    }

    private static final class Hold extends LeakDetector.Held {
        private final Buffer buffer;
        private final Ledger ledger;
        private boolean owns;
        private boolean counted;
        private boolean last;

        Hold(Buffer buffer, Buffers buffers) {
            super(buffers.leaks(), buffers.leaks().sampled());
            this.buffer = buffer;
            this.ledger = buffers.ledger();
        }

        @Override
        protected String what() {
            return buffer.what();
        }

        @Override
        protected String lane() {
            return buffer.source.eventName();
        }

        @Override
        protected long bytes() {
            return buffer.size;
        }

        @Override
        protected String outcome() {
            int left = buffer.references();
            return left == 0
                    ? super.outcome()
                    : "the buffer stays for now, since " + left
                            + " other handles, CPU accesses, attachments, operations or descriptors hold it";
        }

        @Override
        protected void release() {
            if (counted) {
                ledger.handles.decrement();
                counted = false;
            }
            if (owns) {
                last = buffer.drop();
                owns = false;
            }
            if (last) {
                buffer.begin();
                last = false;
            }
        }
    }

    /** Takes the reference that an operation holds; the caller releases it. */
    private void enter() {
        if (closed || !buffer.retain()) {
            throw closed();
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("this handle of a buffer is closed");
    }

    @Override
    public long size() {
        return buffer.size;
    }

    @Override
    public Traits traits() {
        return buffer.source.traits();
    }

    /** Where it came from, as long as this handle is open. */
    Source source() {
        if (closed) {
            throw closed();
        }
        return buffer.source;
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
            return AccessScope.begin(buffer, buffers, access, shared ? Arena.ofShared() : Arena.ofConfined());
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
            return WatchedFence.of(() -> buffer.memory.exportFence(access), buffers);
        } finally {
            buffer.release();
        }
    }

    @Override
    public void importFence(Fence fence, Access access) {
        enter();
        try {
            WatchedFence.with(fence, known -> buffer.memory.importFence(known, access));
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
    public Answer canAccess(String device, Access direction) {
        var user = buffers.device(device);
        enter();
        try {
            return user.canAccess(buffer.memory.backing(), direction);
        } finally {
            buffer.release();
        }
    }

    @Override
    public Optional<AccessList> accessList() {
        enter();
        try {
            return buffer.memory.accessList();
        } finally {
            buffer.release();
        }
    }

    @Override
    public OptionalLong secureHandle() {
        enter();
        try {
            return buffer.memory.secureHandle();
        } finally {
            buffer.release();
        }
    }

    Attachment attach(PlatformDevice device) {
        enter();
        try {
            return BufferAttachment.attach(buffer, buffers, device);
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    PinnedBuffer pin() {
        enter();
        return new PinnedBuffer(buffer);
    }

    @Override
    public DmaBuf retain() {
        var again = new BufferHandle(buffer, buffers);
        try {
            enter();
        } catch (RuntimeException | Error e) {
            again.abandon();
            throw e;
        }
        again.held.owns = true; // before any call that could fail with the reference in hand
        return again.counted();
    }

    @Override
    public void close() {
        if (CLOSED.compareAndSet(this, false, true)) {
            try {
                held.end();
            } catch (StackOverflowError e) {
                closed = false; // not begun; it can be closed again
                throw e;
            }
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "DmaBuf of " + size() + " bytes"
                + buffer.source.heap().map(name -> " from " + name).orElse(", imported")
                + (closed ? " (closed)" : "");
    }
}
