package io.dmaheap.allocators;

/**
 * How full an allocator is: in bytes if it came from a {@link Pool}, in pages if from a {@link CmaArea}.
 *
 * @param total what there is
 * @param free what is not allocated
 * @param largestFree the longest free run: no larger request can succeed, however much is free
 * @param allocations how many allocations are live
 */
public record Occupancy(long total, long free, long largestFree, long allocations) {

    /** Checks that the parts fit each other. */
    public Occupancy {
        if (largestFree < 0 || largestFree > free || free > total || allocations < 0) {
            throw new IllegalArgumentException("total " + total + ", free " + free + ", largest free run " + largestFree
                    + ", allocations " + allocations);
        }
    }

    /** What is allocated, rounding to whole granules included. */
    public long used() {
        return total - free;
    }

    /**
     * The share of the free memory that lies outside the longest free run: 0 when it is one run or nothing is free, towards 1
     * when it is crumbs.
     */
    public double fragmentation() {
        return free == 0 ? 0 : 1 - (double) largestFree / free;
    }
}
