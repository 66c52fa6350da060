package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.CpuAccess;
import io.dmaheap.core.event.CpuAccessEvent;
import io.dmaheap.core.life.LeakDetector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * One begin/end bracket. The segment lives in an arena of its own, so it dies with the bracket, while the mapping stays for the next
 * one: opening and closing a confined arena costs tens of nanoseconds, a mapping tens of microseconds.
 *
 * <p>A forgotten access keeps its buffer. Those that the leak detection samples are watched: not this object but the lifetime of the
 * segment, since a caller may keep the segment alone and go on using it.
 */
final class AccessScope implements CpuAccess {
    private final Arena arena;
    private final MemorySegment segment;
    private final Bracket bracket;
    private final boolean watched;

    private AccessScope(Arena arena, MemorySegment segment, Bracket bracket, boolean watched) {
        this.arena = arena;
        this.segment = segment;
        this.bracket = bracket;
        this.watched = watched;
    }

    /** Begins; on success the scope owns the arena and the caller's reference to the buffer. */
    static AccessScope begin(Buffer buffer, Buffers buffers, Access access, Arena arena) {
        try {
            MemorySegment whole = buffer.mapping(access).segment(arena);
            boolean watched = buffers.leaks().sampled();
            var bracket = new Bracket(buffer, buffers, access, watched);
            var scope = new AccessScope(arena, access.writes() ? whole : whole.asReadOnly(), bracket, watched);
            // Last, since nothing that may fail must come between a begin and the end that it obliges to.
            buffer.memory.beginCpuAccess(access);
            bracket.ledger.accesses.increment();
            if (watched) {
                bracket.watch(arena.scope());
            }
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
        return bracket.access;
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
        if (watched) {
            bracket.end();
            Reference.reachabilityFence(arena.scope());
        } else {
            bracket.release();
        }
    }

    /** What has begun and must end. */
    private static final class Bracket extends LeakDetector.Held {
        private final Buffer buffer;
        private final Ledger ledger;
        private final Access access;
        private final @Nullable CpuAccessEvent event = CpuAccessEvent.startedIfWanted();

        Bracket(Buffer buffer, Buffers buffers, Access access, boolean watched) {
            super(buffers.leaks(), watched);
            this.buffer = buffer;
            this.ledger = buffers.ledger();
            this.access = access;
        }

        @Override
        protected String what() {
            return "CPU access to a " + buffer.what();
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
        protected void release() {
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
}
