package io.dmaheap.core.tee;

import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeMemory;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** Shared memory in the hands of a caller. */
final class MemoryHandle extends TeeHandle<TeeMemory> implements TeeMemory {
    private final Counted<TeeConnection> connection;
    private final long size;
    /** Completes when no call uses the memory any more. */
    private final CompletableFuture<Void> unused;

    /**
     * Owns a reference to the connection.
     *
     * @param end gives back what was shared, once no call uses it: a call that was given up after its time limit still does
     */
    MemoryHandle(
            String what, TeeMemory memory, Counted<TeeConnection> connection, Runnable end, Surroundings surroundings) {
        this(what, memory, connection, end, surroundings, new CompletableFuture<>());
    }

    private MemoryHandle(
            String what,
            TeeMemory memory,
            Counted<TeeConnection> connection,
            Runnable end,
            Surroundings surroundings,
            CompletableFuture<Void> unused) {
        super(
                what,
                new Counted<>(
                        memory,
                        () -> memory.close(() -> {
                            try {
                                end.run();
                            } finally {
                                connection.release();
                                unused.complete(null);
                            }
                        })),
                surroundings);
        this.unused = unused;
        this.connection = connection;
        this.size = memory.size();
    }

    boolean belongsTo(Counted<TeeConnection> other) {
        return connection == other;
    }

    @Override
    public void close(Runnable afterwards) {
        unused.thenRun(afterwards);
        close();
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
