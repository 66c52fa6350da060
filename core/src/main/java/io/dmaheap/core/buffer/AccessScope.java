package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.CpuAccess;
import io.dmaheap.core.event.CpuAccessEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable CpuAccessEvent event = CpuAccessEvent.startedIfWanted();

    private AccessScope(Buffer buffer, Ledger ledger, Access access, Arena arena, MemorySegment segment) {
        this.buffer = buffer;
        this.ledger = ledger;
        this.access = access;
        this.arena = arena;
        this.segment = segment;
    }

    /** Begins; on success the scope owns the arena and the caller's reference to the buffer. */
    static AccessScope begin(Buffer buffer, Ledger ledger, Access access, Arena arena) {
        try {
            MemorySegment whole = buffer.mapping(access).segment(arena);
            var scope = new AccessScope(buffer, ledger, access, arena, access.writes() ? whole : whole.asReadOnly());
            // Last, since nothing that may fail must come between a begin and the end that it obliges to.
            buffer.memory.beginCpuAccess(access);
            ledger.accesses.increment();
            return scope;
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public MemorySegment segment() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("this CPU access has ended");
        }
        return segment;
    }

    @Override
    public Access access() {
        return access;
    }

    /**
     * The arena closes once, whoever calls: that call ends the access. It refuses to close while a native call uses the segment, and
     * a confined one refuses other threads; the access then stays open.
     */
    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            arena.close();
        } catch (IllegalStateException e) {
            if (arena.scope().isAlive()) {
                throw e;
            }
            return; // another thread was faster
        }
        end();
    }

    private void end() {
        ledger.accesses.decrement();
        try {
            buffer.memory.endCpuAccess(access);
        } finally {
            if (event != null) {
                event.ended(buffer.source.eventName(), buffer.size, access);
            }
            buffer.release();
        }
    }
}
