package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.Problem;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Type;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.tee.TeeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code restricted_mtk_cma}: memory that the secure world has only while something protected plays, for decoded frames.
 *
 * <pre>
 *   IDLE ── first buffer: lend ──▶ LENT ── last buffer: reclaim ──▶ IDLE
 *                                   └───── reclaim refused: stays LENT, is reported and used again; at the heap's end asked for once
 *                                          more, then quarantined
 * </pre>
 *
 * <p>The whole region is lent. Where the firmware can protect parts of it by themselves, it is lent part by part, in multiples of 4 MiB:
 * when the secure world is out of memory, one more, and all of them come back together.
 */
final class LentHeap extends SecureWorldHeap {
    private static final long STEP = 4 << 20;

    private final Consumer<Optional<Problem>> problem;
    private final Predicate<MemoryRegion> kept;
    /** In the order of their addresses, without gaps; IDLE if there is none. */
    private final List<LentRange> loans = new ArrayList<>();

    private long part;
    /** Whether something is lent. Changed as the loans are; read without the lock, by a listing. */
    private volatile boolean hasLoans;
    /** Why the last attempt to lend failed, if it was since pages are kept for good. Changed and read alike. */
    private volatile @Nullable HeapException unlendable;

    /**
     * A heap without buffers.
     *
     * @param problem takes why pages did not come back, and nothing when they did or the heap has ended
     * @param kept whether pages of a region are lent to the secure world, by this heap or before it
     */
    LentHeap(
            String name,
            MemoryRegion region,
            MemoryApplication application,
            int pageSize,
            ObjLongConsumer<Throwable> quarantine,
            Consumer<Optional<Problem>> problem,
            Predicate<MemoryRegion> kept) {
        super(name, region, application, pageSize, quarantine);
        this.problem = problem;
        this.kept = kept;
        this.part = region.size();
    }

    @Override
    void connected() {
        long parts = application().parts(region().range());
        long size = Math.ceilDiv(region().size(), parts);
        part = parts == 1 ? region().size() : Math.ceilDiv(size, STEP) * STEP;
    }

    @Override
    void entered(boolean first) {
        if (loans.isEmpty()) {
            lendMore();
        }
    }

    @Override
    Given give(long size) {
        while (true) {
            try {
                return application().allocate(Type.LENT, size, new PhysicalRange(region().base(), lent()));
            } catch (HeapException e) {
                if (!isFull(e) || lent() == region().size()) {
                    throw e;
                }
                lendMore();
            }
        }
    }

    /** The secure world's answer, and not the host's. */
    private static boolean isFull(HeapException refusal) {
        return refusal.teeReply()
                .filter(reply -> reply.result().equals(TeeResult.OUT_OF_MEMORY))
                .isPresent();
    }

    private long lent() {
        return loans.stream().mapToLong(loan -> loan.range().size()).sum();
    }

    private void lendMore() {
        long offset = lent();
        try {
            loans.add(region().lend(offset, Math.min(part, region().size() - offset)));
            hasLoans = true;
            unlendable = null;
        } catch (HeapException e) {
            unlendable = kept.test(region()) ? e : null;
            throw e;
        }
    }

    /** Where the first part cannot be lent there is no memory at all, be it free or not. */
    @Override
    Openable openable() {
        HeapException refused = unlendable;
        return refused == null || hasLoans
                ? Openable.YES
                : Openable.no(refused.getMessage()
                        + refused.hint().map(hint -> ". " + hint).orElse(""));
    }

    @Override
    void left(boolean last) {
        if (last) {
            try {
                reclaim();
            } catch (RuntimeException | Error e) {
                problem.accept(Optional.of(Problem.of(
                        Problem.Kind.QUARANTINED,
                        name(),
                        lent() + " bytes of the region " + region().name() + " could not be taken back: "
                                + e.getMessage(),
                        "They stay with this heap, which goes on using them, and are asked for again after its next last buffer and when"
                                + " it ends",
                        e)));
            }
        }
    }

    /** What was not taken back is asked for once more. With something withheld in it, none of it can be. */
    @Override
    void ended(long withheldBytes) {
        // Counted as quarantined from now on, if at all: no heap goes on using it.
        problem.accept(Optional.empty());
        if (withheldBytes > 0) {
            quarantine(lent() - withheldBytes, new IllegalStateException("buffers in the same loan are withheld"));
            return;
        }
        try {
            reclaim();
        } catch (RuntimeException | Error e) {
            quarantine(lent(), e);
        }
    }

    private void reclaim() {
        while (!loans.isEmpty()) {
            loans.getLast().reclaim();
            loans.removeLast();
        }
        hasLoans = false;
        problem.accept(Optional.empty());
    }
}
