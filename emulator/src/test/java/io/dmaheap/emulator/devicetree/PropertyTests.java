package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.HeapException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PropertyTests {

    @Test
    void cellsAreBigEndian() {
        assertThat(property("00000001 80000000").cells()).containsExactly(1, Integer.MIN_VALUE);
        assertThat(property("12345678").u32()).isEqualTo(0x12345678);
    }

    @Test
    void aNumberHasOneCellOrTwo() {
        assertThat(property("ffffffff").number()).isEqualTo(0xffff_ffffL);
        assertThat(property("0000000100000000").number()).isEqualTo(0x1_0000_0000L);
        assertThatThrownBy(() -> property("").number()).hasMessageContaining("is not one cell");
    }

    @Test
    void rangesFollowTheCellsOfTheParent() {
        assertThat(property("0000000140000000 00001000").ranges(new Cells(2, 1)))
                .containsExactly(new AddressRange(0x1_4000_0000L, 0x1000));
        assertThat(property("00000003 00000004").ranges(new Cells(1, 0)))
                .containsExactly(new AddressRange(3, 0), new AddressRange(4, 0));
    }

    @Test
    void theFlagsOfAPciAddressAreLeftOut() {
        assertThat(property("02000000 0000000140000000 00001000").ranges(new Cells(3, 1)))
                .containsExactly(new AddressRange(0x1_4000_0000L, 0x1000));
    }

    @Test
    void rangesThatDoNotFitAreRefusedWithNodeAndName() {
        assertThatThrownBy(() -> property("00000001 00000002 00000003").ranges(new Cells(1, 1)))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining(
                        "node /soc, property reg: the value of 12 bytes is not made of groups of 2 cells");
        assertThatThrownBy(() -> property("00000001").ranges(new Cells(4, 2))).hasMessageContaining("only 0 to 3");
        assertThatThrownBy(() -> property("00000001").ranges(new Cells(-1, 2))).hasMessageContaining("only 0 to 3");
        assertThatThrownBy(() -> property("00000001").ranges(new Cells(0, 0)))
                .hasMessageContaining("groups of 0 cells");
        assertThatThrownBy(() -> property("7fffffffffffffff 00000001").ranges(new Cells(2, 1)))
                .hasMessageContaining("leaves the address space");
    }

    @Test
    void stringsEndWithAZero() {
        assertThat(property("61 00 62 63 00").strings()).containsExactly("a", "bc");
        assertThat(property("00").strings()).containsExactly("");
        assertThat(property("61 00 00").strings()).containsExactly("a", "");
        assertThatThrownBy(() -> property("61").strings()).hasMessageContaining("does not end like a string");
        assertThatThrownBy(() -> property("").strings()).hasMessageContaining("does not end like a string");
        assertThatThrownBy(() -> property("61 00 62 00").text()).hasMessageContaining("is not one string");
    }

    @Test
    void aStringCannotCarryControlCharactersIntoAMessage() {
        assertThatThrownBy(() -> property("1b 5b 31 6d 00").text()).hasMessageContaining("no printable character");
    }

    @Test
    void nobodyCanChangeTheBytes() {
        byte[] bytes = {1, 2};
        var property = new Property("/", "p", bytes);
        bytes[0] = 9;
        property.bytes()[1] = 9;

        assertThat(property.bytes()).containsExactly(1, 2);
    }

    private static Property property(String hex) {
        return new Property("/soc", "reg", HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
