package io.dmaheap.core.tee;

import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeMemory;
import java.lang.foreign.MemorySegment;

/** Shared memory in the hands of a caller. */
final class MemoryHandle extends TeeHandle<TeeMemory> implements TeeMemory {
    private final Counted<TeeConnection> connection;
    private final long size;

    /** Owns a reference to the connection; {@code end} gives back what was shared. */
    MemoryHandle(
            String what, TeeMemory memory, Counted<TeeConnection> connection, Runnable end, Surroundings surroundings) {
        super(
                what,
                new Counted<>(memory, () -> {
                    memory.close();
                    end.run();
                    connection.release();
                }),
                surroundings);
        this.connection = connection;
        this.size = memory.size();
    }

    boolean belongsTo(Counted<TeeConnection> other) {
        return connection == other;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment segment() {
        TeeMemory memory = enter();
        try {
            return memory.segment();
        } finally {
            leave();
        }
    }
}
