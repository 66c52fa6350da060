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
 * <p>A forgotten access would keep its buffer, so each is watched: not this object but the lifetime of the segment, since a caller may
 * keep the segment alone and go on using it.
 */
final class AccessScope implements CpuAccess {
    private final Arena arena;
    private final MemorySegment segment;
    private final Bracket bracket;

    private AccessScope(Arena arena, MemorySegment segment, Bracket bracket) {
        this.arena = arena;
        this.segment = segment;
        this.bracket = bracket;
    }

    /** Begins; on success the scope owns the arena and the caller's reference to the buffer. */
    static AccessScope begin(Buffer buffer, Buffers buffers, Access access, Arena arena) {
        Bracket bracket = null;
        try {
            MemorySegment whole = buffer.mapping(access).segment(arena);
            bracket = new Bracket(buffer, buffers, access);
            var scope = new AccessScope(arena, access.writes() ? whole : whole.asReadOnly(), bracket);
            bracket.watch(arena.scope());
            // Last, since nothing that may fail must come between a begin and the end that it obliges to.
            buffer.memory.beginCpuAccess(access);
            bracket.begun();
            return scope;
        } catch (RuntimeException | Error e) {
            if (bracket != null) {
                bracket.end(); // without an effect but for ending the watch, as long as nothing has begun
            }
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
        bracket.end();
        Reference.reachabilityFence(arena.scope());
    }

    /** What has begun and must end. */
    private static final class Bracket extends LeakDetector.Held {
        private final Buffer buffer;
        private final Ledger ledger;
        private final Access access;
        private final @Nullable CpuAccessEvent event = CpuAccessEvent.startedIfWanted();
        private boolean begun;
        private boolean counted;
        private boolean owns;
        private boolean last;

        Bracket(Buffer buffer, Buffers buffers, Access access) {
            super(buffers.leaks(), buffers.leaks().sampled());
            this.buffer = buffer;
            this.ledger = buffers.ledger();
            this.access = access;
        }

        /** It has begun, and owns the caller's reference to the buffer once it counts. */
        void begun() {
            begun = true;
            ledger.accesses.increment();
            counted = true;
            owns = true;
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
            try {
                if (begun) {
                    begun = false;
                    buffer.memory.endCpuAccess(access);
                }
            } finally {
                if (counted) {
                    ledger.accesses.decrement();
                    counted = false;
                    if (event != null) {
                        event.ended(buffer.source.eventName(), buffer.size, access);
                    }
                }
                if (owns) {
                    last = buffer.drop();
                    owns = false;
                }
                if (last) {
                    buffer.begin();
                    last = false;
                }
            }
        }
    }
}
