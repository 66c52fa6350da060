package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.heaps.restricted.mtk.SharedSession.Opened;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A heap whose memory the secure world owns: {@code alloc} makes a record, {@code restrict} asks for memory. One lock is held through
 * every call of the TEE, as in the third version of the series: without it a place could be given out again before its last owner had
 * let go of it, and two first buffers could both lend the region.
 */
abstract class SecureWorldHeap implements RestrictedHeapOps<SecureBuffer> {
    private final String name;
    private final MemoryRegion region;
    private final MemoryApplication application;
    private final int pageSize;
    private final ObjLongConsumer<Throwable> quarantine;
    /** Held through every call of the TEE. */
    private final Object lock = new Object();
    /** Guarded by the lock. */
    private final WithheldPages withheld;
    /** What has memory of {@link #giver}. Guarded by the lock. */
    private final Set<SecureBuffer> live = new HashSet<>();
    /** The session that gave out what is live. Guarded by the lock. */
    private @Nullable Opened giver;
    /** Of buffers, counted before there is memory for them, and of what is withheld. Guarded by the lock for writing. */
    private volatile long bytes;

    /**
     * A heap without buffers.
     *
     * @param quarantine hears of memory that the secure world keeps though it is no buffer's
     */
    SecureWorldHeap(
            String name,
            MemoryRegion region,
            MemoryApplication application,
            int pageSize,
            ObjLongConsumer<Throwable> quarantine) {
        this.name = name;
        this.region = region;
        this.application = application;
        this.pageSize = pageSize;
        this.quarantine = quarantine;
        this.withheld = new WithheldPages(pageSize);
    }

    final String name() {
        return name;
    }

    final MemoryRegion region() {
        return region;
    }

    final MemoryApplication application() {
        return application;
    }

    /** Whether buffers can be given out, as far as is known; must not wait for the TEE. */
    abstract Openable openable();

    /** Called by {@link #init} when the TEE answers. */
    abstract void connected();

    /** A buffer more is counted; {@code first} if it is the only one. */
    abstract void entered(boolean first);

    /** Has the secure world give out memory. */
    abstract Given give(long size);

    /** A buffer less is counted; {@code last} if there is none now. Must not fail. */
    abstract void left(boolean last);

    /** The heap ends, with so many bytes withheld. Must not fail. */
    abstract void ended(long withheldBytes);

    /**
     * A buffer of the secure world's, found.
     *
     * @param places where it is; nowhere if the secure world does not say
     */
    record Placed(Given given, List<PhysicalRange> places) {}

    @Override
    public final void init() {
        synchronized (lock) {
            application.connect();
            connected();
        }
    }

    @Override
    public final SecureBuffer alloc(AllocationRequest request) {
        synchronized (lock) {
            long size = request.size();
            // Before the first buffer as well, which the series left to the secure world to refuse.
            if (size > region.size() - bytes) {
                throw full(size);
            }
            entered(bytes == 0);
            bytes += size;
            return new SecureBuffer(request, application::isKnown);
        }
    }

    private HeapException full(long size) {
        return HeapException.of(
                        ErrorCode.OUT_OF_MEMORY,
                        size + " bytes do not fit: the region " + region.name() + " has " + region.size() + ", and "
                                + bytes + " are in use")
                .heap(name)
                .operation("alloc")
                .errno("ENOMEM")
                .hint((size > region.size()
                                ? "The region is too small for this: set"
                                : "Close buffers of this heap, or set")
                        + " more memory aside in the device tree and in the TEE's firmware")
                .build();
    }

    @Override
    public final void restrict(SecureBuffer buffer) {
        synchronized (lock) {
            Placed placed = place(buffer.size());
            if (withheld.isIn(placed.places())) {
                placed = placeElsewhere(placed);
            }
            try {
                buffer.give(placed, take(placed.places(), buffer.request()));
                live.add(buffer);
            } catch (RuntimeException | Error e) {
                giveBack(placed, e);
                throw e;
            }
        }
    }

    private Placed place(long size) {
        Given given = give(size);
        if (!given.giver().equals(giver)) {
            // The application may not know any more what it gave out before, and give it out again.
            for (SecureBuffer buffer : live) {
                withheld.add(buffer.placed().places());
            }
            live.clear();
            giver = given.giver();
        }
        try {
            return new Placed(given, application.places(given));
        } catch (RuntimeException | Error e) {
            giveBack(new Placed(given, List.of()), e);
            throw e;
        }
    }

    /** What is withheld stays so, and is kept: who gave it back would only be given it again. */
    private Placed placeElsewhere(Placed first) {
        var kept = new WithheldPages(pageSize);
        Placed placed = first;
        while (withheld.isIn(placed.places()) && !kept.isIn(placed.places())) {
            kept.add(placed.places());
            withhold(withheld.add(placed.places()), givenAgain());
            placed = place(first.given().size());
        }
        return placed;
    }

    private HeapException givenAgain() {
        return HeapException.of(
                        ErrorCode.SYSTEM_ERROR,
                        "the secure world gave out memory again that it had not said it let go of")
                .heap(name)
                .operation("ZALLOC")
                .build();
    }

    /** Gives back what cannot be used; {@code refused} is why. Does not fail. */
    private void giveBack(Placed placed, Throwable refused) {
        try {
            application.free(placed.given());
        } catch (RuntimeException | Error e) {
            refused.addSuppressed(e);
            // Without a place it is counted all the same. It was never a buffer's, so that nobody can meet it.
            withhold(placed.places().isEmpty() ? placed.given().size() : withheld.add(placed.places()), e);
        }
    }

    /** Counts bytes that are no buffer's, and that this heap cannot give back. */
    final void quarantine(long lost, Throwable why) {
        if (lost > 0) {
            quarantine.accept(why, lost);
        }
    }

    /** Keeps bytes that are no buffer's from being given out, and what they lie in from being taken back. */
    private void withhold(long more, Throwable why) {
        bytes += more;
        quarantine.accept(why, more);
    }

    private Memory take(List<PhysicalRange> places, AllocationRequest request) {
        if (withheld.isIn(places)) {
            throw BlockList.nonsense(places + ", twice");
        }
        try {
            return region.take(placesInRegion(places), request);
        } catch (IllegalArgumentException e) {
            throw BlockList.nonsense(places + ", " + e.getMessage());
        }
    }

    private List<PhysicalRange> placesInRegion(List<PhysicalRange> places) {
        long end = region.base() + region.size();
        for (PhysicalRange place : places) {
            if (place.base() < region.base() || place.end() > end) {
                throw BlockList.nonsense(place + " outside the region " + region.name());
            }
        }
        return places;
    }

    /** The secure world lets go first; only then is the place free for others. */
    @Override
    public final void unrestrict(SecureBuffer buffer) {
        synchronized (lock) {
            live.remove(buffer);
            try {
                application.free(buffer.placed().given());
            } catch (RuntimeException | Error e) {
                withheld.add(buffer.placed().places());
                throw e;
            }
            buffer.memory().release();
        }
    }

    @Override
    public final void free(SecureBuffer buffer) {
        synchronized (lock) {
            bytes -= buffer.size();
            left(bytes == 0);
        }
    }

    @Override
    public final HeapStatus status() {
        Openable openable = openable();
        return new HeapStatus(
                Optional.empty(),
                openable,
                OptionalLong.of(region.size()),
                OptionalLong.of(openable.equals(Openable.YES) ? Math.max(0, region.size() - bytes) : 0));
    }

    @Override
    public final void close() {
        synchronized (lock) {
            ended(bytes);
            application.close();
        }
    }
}
