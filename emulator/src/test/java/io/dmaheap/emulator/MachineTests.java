package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Machine.Backing;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineTests {

    @Test
    void withoutSettingsItHasOneGigabyteOnTheBestBackingOfTheHost() {
        assertThat(Machine.parse(Map.of())).isEqualTo(new Machine(1L << 30, Backing.BEST));
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "64K, 65536", "512M, 536870912", "512m, 536870912", "2G, 2147483648", "2 G, 2147483648"})
    void memoryIsASizeWithOrWithoutUnit(String text, long bytes) {
        assertThat(Machine.parse(Map.of("memory", text)).memory()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "0", "-1", "-4K", "1T", "1.5G", "0x1000", "9999999999G", "9999999999999999999"})
    void whatIsNoSizeIsRefusedByName(String text) {
        assertThatThrownBy(() -> Machine.parse(Map.of("memory", text)))
                .isInstanceOfSatisfying(HeapException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(refusal)
                            .hasMessageContaining("platform.emulator.memory")
                            .hasMessageContaining("512M");
                });
    }

    @ParameterizedTest
    @CsvSource({"memfd, MEMFD", "plain, PLAIN", "Plain, PLAIN"})
    void theBackingCanBeChosen(String text, Backing backing) {
        assertThat(Machine.parse(Map.of("backing", text)).backing()).isEqualTo(backing);
    }

    @Test
    void anUnknownBackingIsRefused() {
        assertThatThrownBy(() -> Machine.parse(Map.of("backing", "paper")))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("paper");
    }

    @Test
    void anUnknownSettingIsRefusedByName() {
        assertThatThrownBy(() -> Machine.parse(Map.of("memory", "1G", "memroy", "2G")))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("memroy");
    }
}
