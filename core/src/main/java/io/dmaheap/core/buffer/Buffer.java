package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.event.ExportEvent;
import io.dmaheap.core.event.FreeEvent;
import io.dmaheap.core.life.RefCount;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import org.jspecify.annotations.Nullable;

/**
 * A buffer, however many handles there are to it. Handles, CPU accesses, operations in flight and open descriptors hold references; the
 * last one that is dropped unmaps the buffer and gives the memory back. So no operation can meet memory that is gone, and no descriptor
 * is used after it was closed.
 */
final class Buffer extends OwnBuffers.Place {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");

    final Source source;
    private final Buffers buffers;
    private final RefCount references = RefCount.held();

    /** Written once, before a caller has the buffer; null until then only. A field, since a call could fail with the memory in hand. */
    @SuppressWarnings("NullAway.Init")
    Memory memory;

    /** Bytes, asked for once. */
    long size;

    /** Made by the first access that needs it and kept; guarded by this for writing. */
    private volatile @Nullable Mapping writable;

    private volatile @Nullable Mapping readable;
    /** Under this identity it may come back from others. */
    private volatile @Nullable Identity identity;

    /** A buffer with one reference, the caller's, and no memory yet. */
    Buffer(Source source, Buffers buffers) {
        this.source = source;
        this.buffers = buffers;
    }

    /** Takes a reference unless the buffer is gone. */
    boolean retain() {
        return references.retainIfHeld();
    }

    void release() {
        if (drop()) {
            begin();
        }
    }

    /** As {@link #release}; true if the caller has to begin the end. */
    boolean drop() {
        return references.drop();
    }

    /** How many references are left. */
    int references() {
        return references.references();
    }

    @Override
    protected void carryOut() {
        if (size == 0) {
            giveBackUnused();
            return;
        }
        var event = FreeEvent.started();
        buffers.forget(identity, this);
        unmap();
        source.free(memory);
        event.ended(source.eventName(), size);
    }

    /** The allocation failed: there was no buffer yet. */
    private void giveBackUnused() {
        buffers.forget(identity, this);
        if (memory != null) {
            source.free(memory);
        }
    }

    private void unmap() {
        Mapping first = writable;
        if (first != null) {
            unmap(first);
            writable = null;
            buffers.ledger().mappings.decrement();
        }
        Mapping second = readable;
        if (second != null) {
            unmap(second);
            readable = null;
            buffers.ledger().mappings.decrement();
        }
    }

    private static void unmap(Mapping mapping) {
        try {
            mapping.unmap();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a mapping could not be removed", e);
        }
    }

    /** The mapping that allows {@code access}, made if it is not there yet. The caller holds a reference. */
    Mapping mapping(Access access) {
        Mapping present = present(access);
        if (present != null) {
            return present;
        }
        synchronized (this) {
            present = present(access);
            if (present != null) {
                return present;
            }
            Access widest = source.widest(access);
            Mapping made = memory.map(widest);
            buffers.ledger().mappings.increment();
            if (widest.writes()) {
                writable = made;
            } else {
                readable = made;
            }
            return made;
        }
    }

    private @Nullable Mapping present(Access access) {
        Mapping full = writable;
        return full != null || access.writes() ? full : readable;
    }

    DmaBufFd exportFd() {
        source.exportObstacle().ifPresent(obstacle -> {
            throw HeapException.of(ErrorCode.ACCESS_DENIED, "this buffer gets no file descriptor: " + obstacle)
                    .heap(source.eventName())
                    .operation("exportFd")
                    .errno("EPERM")
                    .hint("Devices of this process use it through Device.attach, which needs none")
                    .build();
        });
        if (!retain()) {
            throw new IllegalStateException("this buffer is gone");
        }
        var watched = Descriptor.of(this, buffers);
        try {
            DmaBufFd fd = watched.open(memory.exportFd());
            learn(memory.info());
            ExportEvent.emit(source.eventName(), size, fd.number());
            return fd;
        } catch (RuntimeException | Error e) {
            watched.end();
            throw e;
        }
    }

    /** Remembers under which identity it may come back, once it has one. */
    private void learn(MemoryInfo info) {
        if (identity == null) {
            identity = buffers.remember(info, this);
        }
    }

    /** Finds out its identity, if it has one that another process could know; changes nothing. */
    void identify() {
        if (identity == null) {
            learn(memory.peek());
        }
    }

    /** What it is, for messages. */
    String what() {
        return "buffer of " + size + " bytes"
                + source.heap().map(name -> " from " + name).orElse(", imported");
    }

    void identifiedBy(@Nullable Identity key) {
        identity = key;
    }

    BufferInfo info() {
        MemoryInfo known = memory.info();
        learn(known);
        return new BufferInfo(
                source.heap(),
                size,
                known.name(),
                known.exporter(),
                source.client(),
                known.descriptor(),
                known.inode());
    }

    /**
     * What tells one buffer from another on this machine.
     *
     * @param device the file system
     * @param inode the inode on it
     */
    record Identity(long device, long inode) {
        /** Null for memory that no descriptor leads to. */
        static @Nullable Identity of(MemoryInfo info) {
            return info.inode() == 0 ? null : new Identity(info.device(), info.inode());
        }
    }
}
