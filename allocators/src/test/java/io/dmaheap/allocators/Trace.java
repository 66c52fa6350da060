package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

/** A random sequence of requests and frees that keeps about a share of the memory allocated, in whole units. */
final class Trace {

    /** Two allocators under the same trace. */
    interface Pair {
        /** Where each of the two puts {@code units}; -1 for nowhere. */
        long expected(int units);

        long actual(int units);

        void free(long address, int units);

        /** What must hold after any step. */
        void check();
    }

    private record Live(long address, int units) {}

    /** @param occupancy the share of {@code capacity} above which the trace frees rather than allocates */
    static void run(Pair pair, Random random, int capacity, double occupancy, int steps) {
        run(pair, random, () -> size(random, capacity), capacity, occupancy, steps);
    }

    /** The same with other sizes. */
    static void run(Pair pair, Random random, IntSupplier sizes, int capacity, double occupancy, int steps) {
        List<Live> live = new ArrayList<>();
        long used = 0;
        // Checking brings the tree up to date: always, sometimes, or only when a request needs it.
        int checkOneIn = List.of(1, 20, steps).get(random.nextInt(3));
        for (int step = 0; step < steps; step++) {
            boolean free =
                    !live.isEmpty() && (used >= occupancy * capacity ? random.nextInt(8) > 0 : random.nextInt(4) == 0);
            if (free) {
                Live freed = live.remove(random.nextInt(live.size()));
                pair.free(freed.address, freed.units);
                used -= freed.units;
            } else {
                int units = sizes.getAsInt();
                long expected = pair.expected(units);
                assertThat(pair.actual(units))
                        .as("place of %d units in step %d; %s", units, step, Seed.hint())
                        .isEqualTo(expected);
                if (expected >= 0) {
                    live.add(new Live(expected, units));
                    used += units;
                }
            }
            if (random.nextInt(checkOneIn) == 0) {
                pair.check();
            }
        }
        pair.check();
    }

    /** Mostly small, sometimes about a word, sometimes a large part of all. */
    private static int size(Random random, int capacity) {
        int limit = switch (random.nextInt(8)) {
            case 0 -> capacity;
            case 1 -> Math.max(1, capacity / 8);
            case 2, 3 -> 130;
            default -> 12;
        };
        return 1 + random.nextInt(Math.min(limit, capacity));
    }

    private Trace() {}
}
