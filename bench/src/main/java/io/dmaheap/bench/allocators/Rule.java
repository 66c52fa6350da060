package io.dmaheap.bench.allocators;

import io.dmaheap.allocators.CmaArea;
import io.dmaheap.allocators.Placement;
import io.dmaheap.allocators.Range;

/** The placement rules, in the order in which trace files number them. */
enum Rule {
    FIRST_FIT("first fit"),
    ALIGNED("aligned"),
    ORDER_ALIGNED("order aligned"),
    BEST_FIT("best fit"),
    CMA("cma");

    final String title;

    Rule(String title) {
        this.title = title;
    }

    /** The alignment in pages of {@link #ALIGNED}, the cap of {@link #CMA} as an order. */
    int parameter() {
        return switch (this) {
            case ALIGNED -> 16;
            case CMA -> CmaArea.DEFAULT_ALIGNMENT_CAP;
            case FIRST_FIT, ORDER_ALIGNED, BEST_FIT -> 0;
        };
    }

    /** The first page: pageblock aligned for CMA, as the kernel demands, and as odd as a carveout may be otherwise. */
    long base() {
        return this == CMA ? 0x123400 : 0x123457;
    }

    /** An empty allocator of this project that follows the rule. */
    Ranges open(long base, int pages) {
        var range = new Range(base, pages);
        return switch (this) {
            case FIRST_FIT -> Ranges.pool(range, Placement.firstFit());
            case ALIGNED -> Ranges.pool(range, Placement.aligned((long) parameter() * Ranges.PAGE));
            case ORDER_ALIGNED -> Ranges.pool(range, Placement.orderAligned());
            case BEST_FIT -> Ranges.pool(range, Placement.bestFit());
            case CMA -> Ranges.cma(new CmaArea(range));
        };
    }
}
