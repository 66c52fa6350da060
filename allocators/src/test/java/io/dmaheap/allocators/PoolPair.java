package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** A pool beside its model, both with the same chunks. */
final class PoolPair implements Trace.Pair {
    private final Pool pool;
    private final PoolModel model;
    private final Placement rule;
    private final int granuleOrder;

    PoolPair(PoolModel model, Placement rule, List<Range> chunks) {
        this.model = model;
        this.rule = rule;
        granuleOrder = model.granuleOrder;
        pool = new Pool(1L << granuleOrder, rule);
        for (Range chunk : chunks) {
            pool.add(chunk);
            model.add(chunk);
        }
    }

    @Override
    public long expected(int units) {
        return model.allocate((long) units << granuleOrder, rule);
    }

    @Override
    public long actual(int units) {
        return pool.allocate((long) units << granuleOrder).orElse(-1);
    }

    @Override
    public void free(long address, int units) {
        pool.free(address, (long) units << granuleOrder);
        model.free(address, (long) units << granuleOrder);
    }

    @Override
    public void check() {
        Occupancy occupancy = pool.occupancy();
        assertThat(occupancy.free()).as(Seed.hint()).isEqualTo(model.free());
        int longest = model.chunks.stream()
                .mapToInt(chunk -> chunk.bits().longestClear())
                .max()
                .orElse(0);
        assertThat(occupancy.largestFree()).as(Seed.hint()).isEqualTo((long) longest << granuleOrder);
        assertThat(pool.freeRuns()).as(Seed.hint()).isEqualTo(runs(false));
        assertThat(pool.allocations().mapToLong(Range::size).sum()).isEqualTo(occupancy.used());
        assertThat(pool.allocations().count()).isEqualTo(occupancy.allocations());
    }

    private List<Range> runs(boolean busy) {
        List<Range> runs = new ArrayList<>();
        for (PoolModel.ModelChunk chunk : model.chunks) {
            BitmapModel bits = chunk.bits();
            for (int from = 0; from < bits.size; ) {
                int to = from;
                while (to < bits.size && bits.busy.get(to) == bits.busy.get(from)) {
                    to++;
                }
                if (bits.busy.get(from) == busy) {
                    long start = chunk.range().start() + ((long) from << granuleOrder);
                    runs.add(new Range(start, (long) (to - from) << granuleOrder));
                }
                from = to;
            }
        }
        return runs;
    }
}
