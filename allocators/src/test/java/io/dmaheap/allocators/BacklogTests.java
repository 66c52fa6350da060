package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree says the same whether it was told each change, many at once, or so many that it was made anew. */
class BacklogTests {
    private static final int SIZE = 5000;

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 255, 256, 257, 2000})
    void knowsAllChangesHoweverManyWereNoted(int changes) {
        var random = Seed.random(changes);
        var allocations = new Allocations(SIZE);
        var backlog = new Backlog(SIZE, allocations);
        var busy = new BitSet();
        for (int round = 0; round < 3; round++) {
            for (int change = 0; change < changes; change++) {
                int unit = random.nextInt(SIZE);
                int first = allocations.first(unit);
                if (first == Allocations.NONE) {
                    long run = allocations.previousRun(unit);
                    int to = Math.min(FreeRun.end(run), unit + 1 + random.nextInt(100));
                    allocations.add(FreeRun.start(run), unit, to, FreeRun.end(run));
                    backlog.taken(unit, to);
                    busy.set(unit, to);
                } else {
                    int to = allocations.end(first);
                    allocations.remove(allocations.runBefore(first), first, to, allocations.runBehind(to));
                    backlog.released(first, to);
                    busy.clear(first, to);
                }
            }
            compare(backlog.map(), busy);
        }
    }

    private static void compare(FreeMap map, BitSet busy) {
        var model = new BitmapModel(SIZE);
        model.busy.or(busy);
        assertThat(map.longest()).as(Seed.hint()).isEqualTo(model.longestClear());
        for (int length : new int[] {1, 2, 3, 7, 30, 64, 65, 200}) {
            for (int order : new int[] {0, 3, 7, 9}) {
                for (int offset : new int[] {0, 5}) {
                    long offsetInOrder = offset & (1 << order) - 1;
                    long expected = model.nextZeroArea(0, length, (1 << order) - 1, offsetInOrder);
                    assertThat(map.first(length, order, offsetInOrder, 0))
                            .as("%d units, order %d, offset %d; %s", length, order, offset, Seed.hint())
                            .isEqualTo((int) (expected >= SIZE ? FreeMap.NONE : expected));
                }
            }
        }
    }
}
