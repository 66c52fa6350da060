package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** A pool beside its model, both with the same chunks. */
final class PoolPair implements Trace.Pair {
    private final Pool pool;
    private final PoolModel model;
    private final List<Placement> rules;
    private final int granuleOrder;

    /** The first rule is the pool's own; all of them take turns, by the size of the request. */
    PoolPair(PoolModel model, List<Placement> rules, List<Range> chunks) {
        this.model = model;
        this.rules = rules;
        granuleOrder = model.granuleOrder;
        pool = new Pool(1L << granuleOrder, rules.getFirst());
        for (Range chunk : chunks) {
            pool.add(chunk);
            model.add(chunk);
        }
    }

    @Override
    public long expected(int units) {
        return model.allocate((long) units << granuleOrder, rule(units));
    }

    @Override
    public long actual(int units) {
        long size = (long) units << granuleOrder;
        Placement rule = rule(units);
        return (rule == rules.getFirst() ? pool.allocate(size) : pool.allocate(size, rule)).orElse(-1);
    }

    private Placement rule(int units) {
        return rules.get(units % rules.size());
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
