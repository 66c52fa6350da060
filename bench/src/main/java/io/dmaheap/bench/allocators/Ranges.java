package io.dmaheap.bench.allocators;

import io.dmaheap.allocators.CmaArea;
import io.dmaheap.allocators.Occupancy;
import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Pool;
import io.dmaheap.allocators.Range;
import java.util.stream.Stream;

/** A pool or a CMA area, in pages. */
interface Ranges {
    int PAGE = 4096;

    /** The first page, or -1. */
    long allocate(int pages);

    void free(long page, int pages);

    /** Allocates a range that is known to be free, all below it being allocated. */
    void place(long page, int pages);

    Stream<Range> allocations();

    Occupancy occupancy();

    static Ranges pool(Range pages, Placement rule) {
        var pool = new Pool(PAGE, rule);
        pool.add(new Range(pages.start() * PAGE, pages.size() * PAGE));
        return new Ranges() {
            @Override
            public long allocate(int count) {
                long address = pool.allocate((long) count * PAGE).orElse(-1);
                return address < 0 ? -1 : address / PAGE;
            }

            @Override
            public void free(long page, int count) {
                pool.free(page * PAGE, (long) count * PAGE);
            }

            @Override
            public void place(long page, int count) {
                pool.allocate((long) count * PAGE, Placement.fixed((page - pages.start()) * PAGE))
                        .orElseThrow();
            }

            @Override
            public Stream<Range> allocations() {
                return pool.allocations().map(range -> new Range(range.start() / PAGE, range.size() / PAGE));
            }

            @Override
            public Occupancy occupancy() {
                return pool.occupancy();
            }
        };
    }

    static Ranges cma(CmaArea area) {
        return new Ranges() {
            @Override
            public long allocate(int pages) {
                return area.allocate(pages).orElse(-1);
            }

            @Override
            public void free(long page, int pages) {
                area.release(page, pages);
            }

            @Override
            public void place(long page, int pages) {
                long placed = area.allocate(pages).orElse(-1);
                if (placed != page) {
                    throw new IllegalStateException("page " + page + " expected, not " + placed);
                }
            }

            @Override
            public Stream<Range> allocations() {
                return area.allocations();
            }

            @Override
            public Occupancy occupancy() {
                return area.occupancy();
            }
        };
    }
}
