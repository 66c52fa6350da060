package io.dmaheap.allocators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RangeTests {

    @Test
    void printsFirstAndLastAddress() {
        assertThat(new Range(0x1000, 0x2000)).hasToString("0x1000-0x2fff");
    }

    @Test
    void touchingRangesDoNotOverlap() {
        var range = new Range(10, 10);
        assertThat(range.overlaps(new Range(20, 1))).isFalse();
        assertThat(range.overlaps(new Range(9, 1))).isFalse();
        assertThat(range.overlaps(new Range(19, 5))).isTrue();
        assertThat(range.contains(new Range(10, 10))).isTrue();
        assertThat(range.contains(new Range(10, 11))).isFalse();
    }

    @Test
    void isNeverEmptyAndNeverOverflows() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Range(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Range(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Range(Long.MAX_VALUE, 1));
    }
}
