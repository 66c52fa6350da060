package io.dmaheap.bench.allocators;

import java.util.ArrayList;

/** The allocators of this project. */
final class Ours implements Contestant {
    @Override
    public Result run(Trace trace) {
        Ranges ranges = trace.rule().open(trace.base(), trace.size());
        long[] starts = new long[trace.slots()];
        int[] counts = new int[trace.slots()];
        fill(ranges, trace, starts, counts);
        // Asking for the largest run makes the allocator finish what the filling left for later: that is not the steady
        // state.
        if (ranges.occupancy().used() == 0 && trace.initial().length > 0) {
            throw new IllegalStateException("the trace begins with allocations, but there are none");
        }
        long checksum = 0;
        long failures = 0;
        long begin = Result.cpuNanos();
        for (long operation : trace.operations()) {
            int slot = Trace.slot(operation);
            int pages = Trace.pages(operation);
            if (pages > 0) {
                long page = ranges.allocate(pages);
                if (page < 0) {
                    failures++;
                }
                starts[slot] = page;
                counts[slot] = pages;
                checksum = checksum * 31 + (page < 0 ? -1 : page - trace.base());
            } else if (starts[slot] >= 0) {
                ranges.free(starts[slot], counts[slot]);
            }
        }
        return new Result(Result.cpuNanos() - begin, trace.operations().length, checksum, failures);
    }

    /** Allocates what is there at the beginning and, until then, the gaps: a CMA area cannot be told where to allocate. */
    private static void fill(Ranges ranges, Trace trace, long[] starts, int[] counts) {
        long[] initial = trace.initial();
        boolean gaps = trace.rule() == Rule.CMA;
        var fillers = new ArrayList<long[]>();
        long frontier = trace.base();
        for (int i = 0; i < initial.length / 2; i++) {
            starts[i] = trace.base() + initial[2 * i];
            counts[i] = (int) initial[2 * i + 1];
            while (gaps && frontier < starts[i]) {
                int order = Math.min(trace.rule().parameter(), Long.numberOfTrailingZeros(frontier));
                int pages = (int) Math.min(1L << order, Long.highestOneBit(starts[i] - frontier));
                ranges.place(frontier, pages);
                fillers.add(new long[] {frontier, pages});
                frontier += pages;
            }
            ranges.place(starts[i], counts[i]);
            frontier = starts[i] + counts[i];
        }
        for (long[] filler : fillers) {
            ranges.free(filler[0], (int) filler[1]);
        }
    }
}
