package io.dmaheap.bench.allocators;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests of one page to several megabytes that come and go at random while a share of the memory stays allocated. */
final class RandomLoad {
    private record Live(long page, int pages) {}

    private final TraceRecorder recorder;
    private final Random random;
    private final double occupancy;
    private final List<Live> live = new ArrayList<>();
    private int next;
    private boolean failed;

    private RandomLoad(TraceRecorder recorder, Random random, double occupancy) {
        this.recorder = recorder;
        this.random = random;
        this.occupancy = occupancy;
        next = pages();
    }

    static Trace trace(Rule rule, int size, double occupancy, int operations, long seed) {
        var recorder = new TraceRecorder(rule, size);
        var load = new RandomLoad(recorder, new Random(seed), occupancy);
        while (!load.isFull()) {
            load.step();
        }
        // A steady state needs each allocation to have been replaced about twice.
        for (int step = 4 * load.live.size(); step > 0; step--) {
            load.step();
        }
        recorder.start();
        while (recorder.recorded() < operations) {
            load.step();
        }
        return recorder.trace();
    }

    private boolean isFull() {
        return failed || recorder.used() + next > occupancy * recorder.size();
    }

    private void step() {
        if (isFull() && !live.isEmpty()) {
            Live freed = live.set(random.nextInt(live.size()), live.getLast());
            live.removeLast();
            recorder.free(freed.page, freed.pages);
            failed = false;
            return;
        }
        long page = recorder.allocate(next);
        failed = page < 0;
        if (!failed) {
            live.add(new Live(page, next));
        }
        next = pages();
    }

    private int pages() {
        int limit = switch (random.nextInt(10)) {
            case 0 -> 3072;
            case 1, 2, 3 -> 256;
            default -> 16;
        };
        return 1 + random.nextInt(Math.min(limit, recorder.size() / 16));
    }
}
