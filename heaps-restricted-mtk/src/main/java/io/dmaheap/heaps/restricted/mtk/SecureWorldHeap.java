package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.heaps.restricted.mtk.MemoryApplication.Given;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
    /** Held through every call of the TEE. */
    private final Object lock = new Object();
    /** Guarded by the lock. */
    private final WithheldPages withheld;
    /** Counted before there is memory for them. Guarded by the lock for writing. */
    private volatile long bytes;

    SecureWorldHeap(String name, MemoryRegion region, MemoryApplication application, int pageSize) {
        this.name = name;
        this.region = region;
        this.application = application;
        this.pageSize = pageSize;
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

    final int pageSize() {
        return pageSize;
    }

    /** Called by {@link #init} when the TEE answers. */
    abstract void connected();

    /** A buffer more is counted; {@code first} if it is the only one. */
    abstract void entered(boolean first);

    /** Has the secure world give out memory. */
    abstract Given give(long size);

    /** A buffer less is counted; {@code last} if there is none now. Must not fail. */
    abstract void left(boolean last);

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
            return new SecureBuffer(request);
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
                .hint(
                        "Close buffers of this heap, or set more memory aside in the device tree and in the TEE's firmware")
                .build();
    }

    @Override
    public final void restrict(SecureBuffer buffer) {
        synchronized (lock) {
            Given given = give(buffer.size());
            if (withheld.isIn(given.places())) {
                given = giveAnother(given);
            }
            try {
                buffer.give(given, take(given.places(), buffer.request()));
            } catch (RuntimeException | Error e) {
                application.giveBack(given.handle(), buffer.size(), e);
                throw e;
            }
        }
    }

    /** What is withheld stays so, and is kept: who gave it back would only be given it again. */
    private Given giveAnother(Given first) {
        var kept = new WithheldPages(pageSize);
        Given given = first;
        while (withheld.isIn(given.places()) && !kept.isIn(given.places())) {
            kept.add(given.places());
            keep(given);
            given = give(first.size());
        }
        return given;
    }

    private void keep(Given given) {
        long more = withheld.add(given.places());
        bytes += more;
        application.withhold(
                more,
                HeapException.of(
                                ErrorCode.SYSTEM_ERROR,
                                "the secure world gave out memory again that it had not said it let go of")
                        .heap(name)
                        .operation("ZALLOC")
                        .build());
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
            try {
                application.free(buffer.given().handle());
            } catch (RuntimeException | Error e) {
                withheld.add(buffer.given().places());
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
        return new HeapStatus(
                Optional.empty(),
                Openable.YES,
                OptionalLong.of(region.size()),
                OptionalLong.of(Math.max(0, region.size() - bytes)));
    }

    @Override
    public final void close() {
        synchronized (lock) {
            application.close();
        }
    }
}
