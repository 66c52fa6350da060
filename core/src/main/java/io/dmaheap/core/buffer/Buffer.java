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
 * A buffer, however many handles there are to it. Handles, CPU accesses and operations in flight hold references; whoever drops the
 * last one unmaps it and gives the memory back. So no operation can meet memory that is gone, and no descriptor is used after it was
 * closed.
 */
final class Buffer {
    final Memory memory;
    final Source source;
    /** Asked for once. */
    final long size;

    private final Buffers buffers;
    private final RefCount references = RefCount.held();

    /** Made by the first access that needs it and kept; guarded by this for writing. */
    private volatile @Nullable Mapping writable;

    private volatile @Nullable Mapping readable;
    /** Under this identity others may come back with the buffer. */
    private volatile @Nullable Identity identity;

    /** A buffer with one reference, the caller's. */
    Buffer(Memory memory, Source source, Buffers buffers) {
        this.memory = memory;
        this.source = source;
        this.size = memory.size();
        this.buffers = buffers;
    }

    /** Takes a reference unless the buffer is gone. */
    boolean retain() {
        return references.retainIfHeld();
    }

    void release() {
        if (references.release()) {
            end();
        }
    }

    private void end() {
        var event = FreeEvent.started();
        buffers.forget(identity, this);
        try {
            unmap(writable);
            unmap(readable);
        } finally {
            source.free(memory);
            event.ended(source.eventName(), size);
        }
    }

    private void unmap(@Nullable Mapping mapping) {
        if (mapping != null) {
            buffers.ledger().mappings.decrement();
            mapping.unmap();
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
        DmaBufFd fd = memory.exportFd();
        try {
            if (identity == null) {
                identity = buffers.remember(memory.info(), this);
            }
        } catch (RuntimeException | Error e) {
            fd.close();
            throw e;
        }
        ExportEvent.emit(source.eventName(), size, fd.number());
        return fd;
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
