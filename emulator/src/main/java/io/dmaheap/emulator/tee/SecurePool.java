package io.dmaheap.emulator.tee;

import io.dmaheap.HeapException;
import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Pool;
import io.dmaheap.allocators.Range;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Where MediaTek's secure memory places buffers. Guarded by its application. */
final class SecurePool {
    private static final long PAGE = 4096;

    private final long base;
    private final boolean fixed;
    private final ProtectedPages pages;
    private final List<AddressRange> loans = new ArrayList<>();
    private Pool pool = emptyPool();
    private long end;
    private long used;

    private SecurePool(long base, long end, boolean fixed, ProtectedPages pages) {
        this.base = base;
        this.end = end;
        this.fixed = fixed;
        this.pages = pages;
    }

    private static Pool emptyPool() {
        return new Pool(PAGE, Placement.firstFit());
    }

    /** The secure world's own memory. */
    static SecurePool fixed(AddressRange range, ProtectedPages pages) {
        var made = new SecurePool(range.base(), range.end(), true, pages);
        made.pool.add(new Range(range.base(), range.size()));
        return made;
    }

    /** Memory that the normal world lends bit by bit, from {@code base} upwards. */
    static SecurePool lent(long base, ProtectedPages pages) {
        return new SecurePool(base, base, false, pages);
    }

    /** The first address after what it has, lent or its own. */
    long end() {
        return end;
    }

    /** Whether so many bytes fit once it reaches to {@code newEnd}. */
    boolean hasRoom(long size, long newEnd) {
        return size <= Math.max(end, newEnd) - base - used;
    }

    /**
     * Protects what was lent since; what an application that panicked left protected it goes on with.
     *
     * @throws HeapException if the firewall refuses
     * @throws IllegalArgumentException if not all of it is lent
     */
    void growTo(long newEnd) {
        if (newEnd <= end) {
            return;
        }
        for (AddressRange loan : pages.loansIn(new AddressRange(end, newEnd - end))) {
            if (loan.base() != end) {
                throw new IllegalArgumentException("nothing is lent at 0x" + Long.toHexString(end));
            }
            if (!pages.isProtected(loan)) {
                pages.protect(loan);
            }
            loans.add(loan);
            pool.add(new Range(loan.base(), loan.size()));
            end = loan.end();
        }
        if (end != newEnd) {
            throw new IllegalArgumentException("nothing is lent at 0x" + Long.toHexString(end));
        }
    }

    /** One piece if there is one, else several, in pages; there is room. */
    List<AddressRange> allocate(long size, long alignment) {
        List<AddressRange> pieces = new ArrayList<>();
        OptionalLong whole = pool.allocate(size, Placement.aligned(alignment));
        if (whole.isPresent()) {
            pieces.add(new AddressRange(whole.getAsLong(), size));
        } else if (size <= pool.occupancy().free()) {
            for (long left = size; left > 0; ) {
                long run = Math.min(left, pool.occupancy().largestFree());
                pieces.add(new AddressRange(pool.allocate(run).orElseThrow(), run));
                left -= run;
            }
        }
        used += pieces.stream().mapToLong(AddressRange::size).sum();
        return List.copyOf(pieces);
    }

    /**
     * Takes pieces back. The last ones in lent memory end the loans.
     *
     * @throws HeapException if the protection could not be ended; then nothing is placed here any more until it can
     */
    void free(List<AddressRange> pieces) {
        long size = pieces.stream().mapToLong(AddressRange::size).sum();
        if (!fixed && used == size) {
            letGo();
        } else {
            pieces.forEach(piece -> pool.free(piece.base(), piece.size()));
        }
        used -= size;
    }

    /** Ends loans in which nothing lies. */
    void letGoIfEmpty() {
        if (!fixed && used == 0) {
            letGo();
        }
    }

    private void letGo() {
        pool = emptyPool();
        while (!loans.isEmpty()) {
            pages.release(loans.getLast());
            loans.removeLast();
        }
        end = base;
    }
}
