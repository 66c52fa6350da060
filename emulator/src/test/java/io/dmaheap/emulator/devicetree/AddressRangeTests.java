package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AddressRangeTests {
    private static final AddressRange MEMORY = new AddressRange(100, 100);

    @Test
    void theEndIsNotPartOfARange() {
        assertThat(MEMORY.overlaps(new AddressRange(200, 1))).isFalse();
        assertThat(MEMORY.overlaps(new AddressRange(199, 1))).isTrue();
        assertThat(MEMORY.overlaps(new AddressRange(150, 0))).isFalse();
        assertThat(MEMORY.contains(new AddressRange(150, 50))).isTrue();
        assertThat(MEMORY.contains(new AddressRange(150, 51))).isFalse();
    }

    @Test
    void holesMayOverlapAndStickOut() {
        var taken = List.of(
                new AddressRange(150, 10),
                new AddressRange(90, 20),
                new AddressRange(155, 20),
                new AddressRange(300, 5));

        assertThat(MEMORY.without(taken)).containsExactly(new AddressRange(110, 40), new AddressRange(175, 25));
        assertThat(MEMORY.without(List.of())).containsExactly(MEMORY);
        assertThat(MEMORY.without(List.of(new AddressRange(0, 1000)))).isEmpty();
    }

    @Test
    void aRangeStaysWithinTheAddressSpace() {
        assertThat(new AddressRange(Long.MAX_VALUE, 0).end()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> new AddressRange(Long.MAX_VALUE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AddressRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AddressRange(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
