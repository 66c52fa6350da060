package io.dmaheap.core.restricted;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.call.LifeCall;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.core.call.OverdueException;
import io.dmaheap.core.event.RestrictEvent;
import io.dmaheap.core.event.UnrestrictEvent;
import io.dmaheap.core.registry.GivenMemory;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plain heap of a restricted one: allocation is {@code init}, {@code alloc}, {@code restrict}; release is
 * {@code unrestrict}, {@code free}; a failing step undoes those before it in reverse.
 *
 * @param <M> the vendor's record of one buffer
 */
public final class RestrictedFrame<M extends Memory> implements HeapOps {
    private final String heap;
    private final RestrictedHeapOps<M> ops;
    private final Quarantine quarantine;
    private final Predicate<Memory> isClosed;

    private final LifeCalls life;
    private final Object attempts = new Object();
    /** The init that is under way, or was and failed. Guarded by {@link #attempts}. */
    private @Nullable LifeCall<@Nullable Void> attempt;

    /** The init whose lateness was reported. Guarded by {@link #attempts}. */
    private @Nullable LifeCall<?> reported;

    private volatile boolean initialised;

    /** A frame around {@code ops} on a platform that cannot tell who reaches memory. */
    public RestrictedFrame(String heap, RestrictedHeapOps<M> ops, Quarantine quarantine, LifeCalls life) {
        this(heap, ops, quarantine, life, memory -> true);
    }

    /**
     * A frame around {@code ops}.
     *
     * @param quarantine where memory goes that must be withheld
     * @param life the calls into the plugin, for {@code init}
     * @param isClosed whether the platform keeps others from memory that was restricted; if not, it is not given out
     */
    public RestrictedFrame(
            String heap, RestrictedHeapOps<M> ops, Quarantine quarantine, LifeCalls life, Predicate<Memory> isClosed) {
        this.heap = heap;
        this.life = life;
        this.ops = ops;
        this.quarantine = quarantine;
        this.isClosed = isClosed;
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        if (!initialised) {
            init();
        }
        M memory = Objects.requireNonNull(ops.alloc(request), "alloc returned null");
        if (!GivenMemory.claim(memory)) {
            throw new IllegalStateException("alloc returned memory that it had returned before");
        }
        RestrictedMemory restricted;
        try {
            restricted = new RestrictedMemory(memory);
            restrict(memory, restricted.size());
        } catch (Throwable refused) {
            undo(memory, refused);
            throw refused;
        }
        try {
            requireClosed(memory);
        } catch (Throwable refused) {
            release(restricted, refused);
            throw refused;
        }
        return restricted;
    }

    private void requireClosed(M memory) {
        if (!isClosed.test(memory)) {
            throw HeapException.of(
                            ErrorCode.PLUGIN_FAILED,
                            "the plugin gave memory that is not protected: the platform's firewall lets everyone in")
                    .heap(heap)
                    .operation("restrict")
                    .errno("EPERM")
                    .hint("Report this to the vendor of the plugin; `dmaheap plugin list` says who that is")
                    .build();
        }
    }

    private static void release(Memory memory, Throwable refused) {
        try {
            memory.release();
        } catch (Throwable e) {
            if (e != refused) {
                refused.addSuppressed(e);
            }
        }
    }

    private void restrict(M memory, long size) {
        var event = RestrictEvent.started();
        Throwable refused = null;
        try {
            ops.restrict(memory);
        } catch (Throwable e) {
            refused = e;
            throw e;
        } finally {
            event.ended(heap, size, refused);
        }
    }

    /**
     * Once it succeeded it is never called again; after a failure the next allocation tries again. Those that come meanwhile wait for
     * it as long as it may take, and those that come when it has taken too long do not wait.
     */
    private void init() {
        while (!initialised) {
            LifeCall<@Nullable Void> call;
            boolean mine;
            synchronized (attempts) {
                if (initialised) {
                    return; // since the look above
                }
                mine = attempt == null;
                call = mine ? life.begin("init", this::callInit) : Objects.requireNonNull(attempt);
                attempt = call;
            }
            try {
                call.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for init")
                        .heap(heap)
                        .operation("init")
                        .errno("EINTR")
                        .cause(e)
                        .build();
            } catch (OverdueException e) {
                report(call, e);
                throw e;
            } catch (Throwable e) {
                if (mine) {
                    throw e;
                }
                // That was the failure of another's allocation; this one tries itself.
            }
        }
    }

    /** Once, however many wait for it. */
    private void report(LifeCall<?> call, OverdueException overdue) {
        synchronized (attempts) {
            if (reported == call) {
                return;
            }
            reported = call;
        }
        life.report(heap, overdue);
    }

    private @Nullable Void callInit() {
        try {
            ops.init();
            initialised = true;
        } finally {
            synchronized (attempts) {
                attempt = null;
            }
        }
        return null;
    }

    private void undo(M memory, Throwable refused) {
        try {
            ops.free(memory);
        } catch (Throwable e) {
            if (e != refused) {
                refused.addSuppressed(e);
            }
        }
    }

    @Override
    public long heapFlags() {
        return ops.heapFlags();
    }

    @Override
    public HeapStatus status() {
        return ops.status();
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return ops.outlook(size);
    }

    @Override
    public void close() {
        ops.close();
    }

    /** Refuses the CPU, whatever the vendor's record would allow. */
    private final class RestrictedMemory extends ForwardingMemory {
        private final M memory;
        /** Asked for once, so that counting the quarantine cannot fail. */
        private final long size;

        RestrictedMemory(M memory) {
            super(memory);
            this.memory = memory;
            this.size = memory.size();
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public Mapping map(Access access) {
            throw HeapException.of(ErrorCode.NOT_CPU_ACCESSIBLE, "this memory cannot be mapped by the CPU")
                    .operation("map")
                    .build();
        }

        @Override
        public void beginCpuAccess(Access access) {}

        @Override
        public void endCpuAccess(Access access) {}

        @Override
        public void release() {
            var event = UnrestrictEvent.started();
            try {
                ops.unrestrict(memory);
                event.ended(heap, size, null);
            } catch (Throwable e) {
                event.ended(heap, size, e);
                quarantine.withhold(heap, memory, size, e);
                return;
            }
            ops.free(memory);
        }
    }
}
