package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OccupancyTests {

    @Test
    void isNotFragmentedWhenTheFreeMemoryIsOneRun() {
        assertThat(new Occupancy(10, 4, 4, 1).fragmentation()).isZero();
    }

    @Test
    void isFragmentedByWhatLiesOutsideTheLongestRun() {
        assertThat(new Occupancy(10, 4, 1, 1).fragmentation()).isEqualTo(0.75);
    }

    @Test
    void refusesPartsThatContradictEachOther() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Occupancy(10, 11, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Occupancy(10, 4, 5, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Occupancy(10, 4, -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Occupancy(10, 4, 1, -1));
    }
}
