package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.CpuAccess;
import io.dmaheap.core.event.CpuAccessEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One begin/end bracket. The segment lives in an arena of its own, so it dies with the bracket, while the mapping stays for the next
 * one: opening and closing a confined arena costs tens of nanoseconds, a mapping tens of microseconds.
 */
final class AccessScope implements CpuAccess {
    private final Buffer buffer;
    private final Ledger ledger;
    private final Access access;
    private final Arena arena;
    private final MemorySegment segment;
    private final CpuAccessEvent event;
    private final AtomicBoolean closed = new AtomicBoolean();

    private AccessScope(Buffer buffer, Ledger ledger, Access access, Arena arena, MemorySegment segment) {
        this.buffer = buffer;
        this.ledger = ledger;
        this.access = access;
        this.arena = arena;
        this.segment = segment;
        this.event = CpuAccessEvent.started();
    }

    /** Begins; on success the scope owns the caller's reference to the buffer. */
    static AccessScope begin(Buffer buffer, Ledger ledger, Access access, Arena arena) {
        try {
            var mapping = buffer.mapping(access);
            MemorySegment whole = mapping.segment(arena);
            buffer.memory.beginCpuAccess(access);
            var scope = new AccessScope(buffer, ledger, access, arena, access.writes() ? whole : whole.asReadOnly());
            ledger.accesses.increment();
            return scope;
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public MemorySegment segment() {
        if (closed.get()) {
            throw new IllegalStateException("this CPU access has ended");
        }
        return segment;
    }

    @Override
    public Access access() {
        return access;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                arena.close();
            } catch (WrongThreadException | IllegalStateException e) {
                // Another thread owns the access, or is inside the segment right now: it stays open.
                closed.set(false);
                throw e;
            }
            end();
        }
    }

    private void end() {
        ledger.accesses.decrement();
        try {
            buffer.memory.endCpuAccess(access);
        } finally {
            event.ended(buffer.source.eventName(), buffer.memory.size(), access);
            buffer.release();
        }
    }
}
