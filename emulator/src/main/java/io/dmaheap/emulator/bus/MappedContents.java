package io.dmaheap.emulator.bus;

import io.dmaheap.spi.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Bytes that are mapped into this process. */
public final class MappedContents implements Contents {
    private final Mapping mapping;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;

    /** Bytes of a mapping, which it owns from now on. */
    public MappedContents(Mapping mapping) {
        this.mapping = mapping;
        this.bytes = mapping.segment(arena);
    }

    @Override
    public long size() {
        return bytes.byteSize();
    }

    @Override
    public void read(long offset, MemorySegment into) {
        MemorySegment.copy(bytes, offset, into, 0, into.byteSize());
    }

    @Override
    public void write(long offset, MemorySegment from) {
        MemorySegment.copy(from, 0, bytes, offset, from.byteSize());
    }

    @Override
    public void close() {
        arena.close();
        mapping.unmap();
    }
}
