package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.Attachment;
import io.dmaheap.DeviceMapping;
import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformDevice;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps a buffer alive for a device, from attach to detach. */
final class BufferAttachment implements Attachment {
    private final PlatformDevice device;
    private final Hold held;
    /** Guarded by this. */
    private boolean detached;

    private BufferAttachment(Hold held) {
        this.device = held.device;
        this.held = held;
        held.watch(this);
    }

    /** Attaches; on success the attachment owns the caller's reference to the buffer. */
    static BufferAttachment attach(Buffer buffer, Buffers buffers, PlatformDevice device) {
        var held = new Hold(buffer, buffers, device);
        device.attach(held.memory);
        held.ledger.attachments.increment();
        return new BufferAttachment(held);
    }

    /** What is attached, with the mappings that the platform made of it. */
    private static final class Hold extends LeakDetector.Held {
        private final Buffer buffer;
        private final PlatformDevice device;
        private final Memory memory;
        private final Ledger ledger;
        /** Guarded by the attachment; by nothing once that is lost. */
        private final Set<DeviceMapping> mappings = Collections.newSetFromMap(new IdentityHashMap<>());

        Hold(Buffer buffer, Buffers buffers, PlatformDevice device) {
            super(buffers.leaks(), buffers.leaks().sampled());
            this.buffer = buffer;
            this.device = device;
            this.memory = buffer.memory.backing();
            this.ledger = buffers.ledger();
        }

        @Override
        protected String what() {
            return "attachment to " + device.name() + " of a " + buffer.what();
        }

        @Override
        protected String lane() {
            return buffer.source.eventName();
        }

        @Override
        protected long bytes() {
            return buffer.size;
        }

        /** There are mappings left only if attachment and mappings were lost together. */
        @Override
        protected void release() {
            ledger.attachments.decrement();
            try {
                mappings.forEach(Hold::closeLost);
                device.detach(memory);
            } finally {
                buffer.release();
            }
        }

        /** One that fails keeps neither the others nor the detaching from being carried out. */
        private static void closeLost(DeviceMapping mapping) {
            try {
                mapping.close();
            } catch (RuntimeException | Error e) {
                System.getLogger("io.dmaheap")
                        .log(System.Logger.Level.WARNING, "a lost mapping of a device could not be closed", e);
            }
        }
    }

    @Override
    public synchronized DeviceMapping map(Access direction) {
        if (detached) {
            throw new IllegalStateException("the buffer was detached from " + device.name());
        }
        DeviceMapping mapping = device.map(held.memory, direction);
        held.mappings.add(mapping);
        return new Counted(mapping);
    }

    private synchronized void unmapped(DeviceMapping mapping) {
        held.mappings.remove(mapping);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (detached) {
                return;
            }
            if (!held.mappings.isEmpty()) {
                throw new IllegalStateException(
                        "the buffer is still mapped by " + device.name() + ": close the mapping first");
            }
            detached = true;
        }
        held.end();
        Reference.reachabilityFence(this);
    }

    /** A mapping of the platform that tells the attachment when it ends. */
    private final class Counted implements DeviceMapping {
        private final DeviceMapping mapping;
        private final AtomicBoolean closed = new AtomicBoolean();

        Counted(DeviceMapping mapping) {
            this.mapping = mapping;
        }

        @Override
        public List<Segment> segments() {
            checkOpen();
            return mapping.segments();
        }

        @Override
        public Access direction() {
            return mapping.direction();
        }

        @Override
        public void read(long offset, MemorySegment into) {
            checkOpen();
            mapping.read(offset, into);
        }

        @Override
        public void write(long offset, MemorySegment from) {
            checkOpen();
            mapping.write(offset, from);
        }

        private void checkOpen() {
            if (closed.get()) {
                throw new IllegalStateException("the buffer was unmapped from " + device.name());
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                try {
                    mapping.close();
                } finally {
                    unmapped(mapping);
                }
            }
        }
    }
}
