package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSetTests {

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 4096, 4097, 300_000})
    void knowsNeighboursLikeASortedSet(int bound) {
        var random = Seed.random(bound);
        var set = new IndexSet(bound);
        var expected = new TreeSet<Integer>();
        for (int step = 0; step < 3000; step++) {
            int index = random.nextInt(bound);
            boolean add = !expected.contains(index) || random.nextInt(4) == 0;
            if (add) {
                expected.add(index);
                set.add(index);
            } else {
                expected.remove(index);
                set.remove(index);
            }
            int probe = random.nextInt(bound);
            assertThat(set.contains(probe)).as(Seed.hint()).isEqualTo(expected.contains(probe));
            assertThat(set.next(probe)).as(Seed.hint()).isEqualTo(orNone(expected.ceiling(probe)));
            assertThat(set.previous(probe)).as(Seed.hint()).isEqualTo(orNone(expected.floor(probe)));
        }
        assertThat(set.next(bound)).isEqualTo(IndexSet.NONE);
        assertThat(set.previous(-1)).isEqualTo(IndexSet.NONE);
    }

    private static int orNone(@Nullable Integer found) {
        return found == null ? IndexSet.NONE : found;
    }
}
