package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.Attachment;
import io.dmaheap.DeviceMapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps a buffer alive for a device, from attach to detach. */
final class BufferAttachment implements Attachment {
    private final Buffer buffer;
    private final PlatformDevice device;
    private final Memory memory;
    private final Ledger ledger;
    /** Guarded by this. */
    private int mappings;
    /** Guarded by this. */
    private boolean detached;

    private BufferAttachment(Buffer buffer, PlatformDevice device, Ledger ledger) {
        this.buffer = buffer;
        this.device = device;
        this.memory = buffer.memory.backing();
        this.ledger = ledger;
    }

    /** Attaches; on success the attachment owns the caller's reference to the buffer. */
    static BufferAttachment attach(Buffer buffer, PlatformDevice device, Ledger ledger) {
        var attachment = new BufferAttachment(buffer, device, ledger);
        device.attach(attachment.memory);
        ledger.attachments.increment();
        return attachment;
    }

    @Override
    public synchronized DeviceMapping map(Access direction) {
        if (detached) {
            throw new IllegalStateException("the buffer was detached from " + device.name());
        }
        var mapping = new Counted(device.map(memory, direction));
        mappings++;
        return mapping;
    }

    private synchronized void unmapped() {
        mappings--;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (detached) {
                return;
            }
            if (mappings > 0) {
                throw new IllegalStateException(
                        "the buffer is still mapped by " + device.name() + ": close the mapping first");
            }
            detached = true;
        }
        ledger.attachments.decrement();
        try {
            device.detach(memory);
        } finally {
            buffer.release();
        }
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
                    unmapped();
                }
            }
        }
    }
}
