package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.spi.ProtectedMemoryFirmware.Config;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A heap whose memory OP-TEE has only while there are buffers (the dynamic pool of drivers/tee/optee/protmem.c, Linux 6.18):
 *
 * <pre>
 *   IDLE ── first buffer: lend ──▶ LENT ── last buffer: reclaim ──▶ IDLE
 *                                   └───── reclaim refused ───────▶ QUARANTINED, for good
 * </pre>
 *
 * <p>The whole pool is lent, as large as the firmware wants it, and never grows. While it is lent its pages pass from owner to owner
 * uncleared; OP-TEE clears them before it gives the pool back. An allocation that fails on an idle pool lends and reclaims all the
 * same. A quarantined pool gives out nothing: its pages may be protected still, and are used for nothing else.
 */
final class LentHeap implements RestrictedHeapOps<PooledBuffer> {
    private static final String RESTART = "It comes back when the machine or its secure world restarts";

    private final UseCase useCase;
    private final ProtectedMemoryFirmware firmware;
    private final Config config;
    private final AccessList allowed;
    private final LendablePages pages;
    private final int pageSize;
    private final ObjLongConsumer<Throwable> quarantine;

    /** Held while the pool changes hands, so that of two first allocations one lends and the other waits. */
    private final Object lock = new Object();

    /** Changed under the lock; read without it, since a listing must not wait for the secure world. */
    private volatile State state = State.IDLE;
    /** What is lent; there unless the state is {@link State#IDLE}. Changed and read as the state is. */
    private volatile @Nullable Loan loan;
    /** Buffers, and allocations under way; guarded by the lock. */
    private long users;

    private enum State {
        IDLE,
        LENT,
        QUARANTINED
    }

    private record Loan(LentRange lent, DividedRange pool) {}

    /**
     * A heap without buffers.
     *
     * @param allowed the devices that the firmware wants the memory for
     */
    LentHeap(
            UseCase useCase,
            ProtectedMemoryFirmware firmware,
            Config config,
            AccessList allowed,
            LendablePages pages,
            int pageSize,
            ObjLongConsumer<Throwable> quarantine) {
        this.useCase = useCase;
        this.firmware = firmware;
        this.config = config;
        this.allowed = allowed;
        this.pages = pages;
        this.pageSize = pageSize;
        this.quarantine = quarantine;
    }

    /** Nothing yet: the first buffer lends. */
    @Override
    public void init() {}

    @Override
    public PooledBuffer alloc(AllocationRequest request) {
        DividedRange pool = enter();
        try {
            return pool.take(request);
        } catch (RuntimeException | Error e) {
            leaveAfter(e);
            throw e;
        }
    }

    /** The place goes back first, then the pool if it was the last. */
    @Override
    public void unrestrict(PooledBuffer buffer) {
        if (buffer.end()) {
            leave(buffer.size());
        }
    }

    /** Nothing is left to do, unless the buffer never came to be used. */
    @Override
    public void free(PooledBuffer buffer) {
        if (buffer.end()) {
            leave(0);
        }
    }

    private DividedRange enter() {
        synchronized (lock) {
            if (state == State.QUARANTINED) {
                throw HeapException.of(ErrorCode.OUT_OF_MEMORY, "the pool is quarantined: OP-TEE did not give it back")
                        .heap(useCase.heap())
                        .operation("alloc")
                        .errno("ENOMEM")
                        .hint(RESTART)
                        .build();
            }
            if (state == State.IDLE) {
                loan = lend();
                state = State.LENT;
            }
            users++;
            return present().pool();
        }
    }

    private Loan lend() {
        LentRange lent = pages.lend(useCase.heap(), config.minimumSize(), config.alignment());
        try {
            var pool = new DividedRange(useCase.heap(), pages.region(), lent.range(), pageSize);
            firmware.lend(useCase.id(), lent.range(), config.attributes(), cookie(lent));
            return new Loan(lent, pool);
        } catch (RuntimeException | Error e) {
            takeBack(lent, e);
            throw e;
        }
    }

    /** Where it begins: loans share no pages, so none has the name of another, be it one that this plugin lost before it was removed. */
    private static long cookie(LentRange lent) {
        return lent.range().base();
    }

    /** Pages that were not protected go back at once. Those that cannot, since they were all the same, nobody is given. */
    private void takeBack(LentRange lent, Throwable refused) {
        try {
            pages.reclaim(lent);
        } catch (RuntimeException | Error e) {
            refused.addSuppressed(e);
            quarantine.accept(e, lent.range().size());
        }
    }

    private void leaveAfter(Throwable refused) {
        try {
            leave(0);
        } catch (RuntimeException | Error e) {
            refused.addSuppressed(e);
        }
    }

    /**
     * One user less.
     *
     * @param counted the bytes of the buffer, whose failure to end the framework sees; what is lost with it only this heap knows
     */
    private void leave(long counted) {
        synchronized (lock) {
            if (--users > 0) {
                return;
            }
            LentRange lent = present().lent();
            try {
                firmware.reclaim(cookie(lent));
                pages.reclaim(lent);
            } catch (RuntimeException | Error e) {
                state = State.QUARANTINED;
                quarantine.accept(e, lent.range().size() - counted);
                throw e;
            }
            state = State.IDLE;
            loan = null;
        }
    }

    private Loan present() {
        return Objects.requireNonNull(loan, "nothing is lent");
    }

    @Override
    public Optional<MemoryOutlook> outlook(long size) {
        return Optional.of(MemoryOutlook.within(size, List.of(pages.region().range()), Answer.YES)
                .withAccessList(allowed));
    }

    @Override
    public HeapStatus status() {
        boolean quarantined = state == State.QUARANTINED;
        Loan now = loan;
        long unlent = quarantined ? 0 : config.minimumSize();
        long free = now == null || quarantined ? unlent : now.pool().occupancy().free();
        return new HeapStatus(
                Optional.empty(),
                quarantined ? Openable.no("the pool is quarantined. " + RESTART) : Openable.YES,
                OptionalLong.of(config.minimumSize()),
                OptionalLong.of(free));
    }
}
