package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationsTests {

    /** Dense and sparse: one unit each in words full of others, and few that are thousands of words long. */
    @ParameterizedTest
    @CsvSource({"1, 1", "63, 5", "64, 1", "65, 70", "4097, 3", "5000, 200", "300000, 40000"})
    void knowsNeighboursLikeASortedMap(int size, int longest) {
        var random = Seed.random(size, longest);
        var allocations = new Allocations(size);
        var expected = new TreeMap<Integer, Integer>();
        for (int step = 0; step < 3000; step++) {
            change(allocations, expected, random.nextInt(size), 1 + random.nextInt(longest));
            check(allocations, expected, size, random);
        }
        assertThat(allocations.starts().filter(allocations::beginsAt).boxed())
                .as(Seed.hint())
                .containsExactlyElementsOf(expected.keySet());
    }

    /** Frees what is around the unit, or allocates there. */
    private static void change(Allocations allocations, TreeMap<Integer, Integer> expected, int unit, int length) {
        int first = allocations.first(unit);
        if (first == Allocations.NONE) {
            long run = allocations.previousRun(unit);
            int to = Math.min(FreeRun.end(run), unit + length);
            allocations.add(FreeRun.start(run), unit, to, FreeRun.end(run));
            expected.put(unit, to);
        } else {
            int to = allocations.end(first);
            allocations.remove(allocations.runBefore(first), first, to, allocations.runBehind(to));
            expected.remove(first);
        }
    }

    private static void check(Allocations allocations, TreeMap<Integer, Integer> expected, int size, Random random) {
        int unit = random.nextInt(size);
        var around = expected.floorEntry(unit);
        boolean busy = around != null && around.getValue() > unit;
        assertThat(allocations.count()).isEqualTo(expected.size());
        assertThat(allocations.beginsAt(unit)).as(Seed.hint()).isEqualTo(expected.containsKey(unit));
        assertThat(allocations.first(unit)).as(Seed.hint()).isEqualTo(busy ? around.getKey() : Allocations.NONE);
        if (busy) {
            assertThat(allocations.end(around.getKey())).as(Seed.hint()).isEqualTo(around.getValue());
        } else {
            long run = allocations.previousRun(unit);
            int start = around == null ? 0 : around.getValue();
            assertThat(FreeRun.start(run)).as(Seed.hint()).isEqualTo(start);
            assertThat(FreeRun.end(run)).as(Seed.hint()).isEqualTo(orElse(expected.ceilingKey(unit), size));
            assertThat(allocations.nextRun(start)).as(Seed.hint()).isEqualTo(run);
        }
        assertThat(FreeRun.start(allocations.nextRun(unit))).as(Seed.hint()).isEqualTo(nextRun(expected, unit, size));
    }

    private static int nextRun(TreeMap<Integer, Integer> expected, int unit, int size) {
        int at = unit;
        if (at > 0) {
            var before = expected.lowerEntry(at);
            if (before == null || before.getValue() < at) {
                // Inside a run, which began below: the next one begins where some allocation ends.
                at = orElse(expected.ceilingKey(at), size);
            } else {
                at = before.getValue();
            }
        }
        while (at < size && expected.containsKey(at)) {
            at = expected.get(at);
        }
        return at;
    }

    private static int orElse(@Nullable Integer found, int otherwise) {
        return found == null ? otherwise : found;
    }
}
