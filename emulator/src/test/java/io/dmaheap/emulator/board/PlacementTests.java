package io.dmaheap.emulator.board;

import static io.dmaheap.emulator.board.Boards.BASE;
import static io.dmaheap.emulator.board.Boards.MIB;
import static io.dmaheap.emulator.board.Boards.region;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.TreeSource;
import org.junit.jupiter.api.Test;

/** Regions that leave their place open. Memory is 256 MiB from {@link Boards#BASE}. */
class PlacementTests {
    private static final String SIX_MIB = "size = <0x600000>;";

    @Test
    void theHighestPlaceIsTaken() {
        assertThat(place("a { " + SIX_MIB + " };", "a")).isEqualTo(at(250, 6));
    }

    @Test
    void theBaseIsRoundedDownToTheAlignment() {
        assertThat(place("a { " + SIX_MIB + " alignment = <0x400000>; };", "a")).isEqualTo(at(248, 6));
    }

    @Test
    void aCmaAreaIsAlignedToPageBlocks() {
        var board = Boards.reserving(
                region("top", 255, 1, "") + "a { compatible = \"shared-dma-pool\"; reusable; " + SIX_MIB + " };");

        var placement = board.region("a").orElseThrow().placement();
        assertThat(placement.range()).isEqualTo(at(248, 6));
        assertThat(placement.alignment()).isEqualTo(2 * MIB);
        assertThat(placement.dynamic()).isTrue();
    }

    @Test
    void regionsWithAnAddressComeFirstWhereverTheyStand() {
        assertThat(place("a { " + SIX_MIB + " };" + region("top", 250, 6, ""), "a"))
                .isEqualTo(at(244, 6));
    }

    @Test
    void oneAfterAnotherInOrderOfTheTree() {
        String regions = "a { " + SIX_MIB + " }; b { " + SIX_MIB + " };";

        assertThat(place(regions, "a")).isEqualTo(at(250, 6));
        assertThat(place(regions, "b")).isEqualTo(at(244, 6));
    }

    @Test
    void theFirstRangeWithRoomIsTaken() {
        String ranges = "alloc-ranges = <0x40000000 0x100000>, <0x41000000 0x1000000>, <0x44000000 0x1000000>;";

        assertThat(place("a { " + SIX_MIB + ranges + " };", "a")).isEqualTo(at(26, 6));
    }

    @Test
    void nextToARegionAtTheStartOfTheRangeTheLowestPlaceIsTaken() {
        String ranges = "alloc-ranges = <0x41000000 0x1000000>;";

        assertThat(place(region("before", 14, 2, "") + "a { " + SIX_MIB + ranges + " };", "a"))
                .isEqualTo(at(16, 6));
        assertThat(place(
                        region("before", 14, 2, "") + region("after", 32, 1, "") + "a { " + SIX_MIB + ranges + " };",
                        "a"))
                .isEqualTo(at(26, 6));
    }

    @Test
    void memoryReservationsAreAvoided() {
        var board = Board.of(TreeSource.read("""
                /dts-v1/;
                /memreserve/ 0xf000 0x1000;
                / {
                    #address-cells = <1>; #size-cells = <1>;
                    memory@0 { device_type = "memory"; reg = <0x1000 0xf000>; };
                    reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; a { size = <0x2000>; }; };
                };
                """, "test"));

        assertThat(board.region("a").orElseThrow().range()).isEqualTo(new AddressRange(0xd000, 0x2000));
        assertThat(board.ordinary()).containsExactly(new AddressRange(0x1000, 0xc000));
    }

    private static AddressRange place(String regions, String name) {
        return Boards.reserving(regions).region(name).orElseThrow().range();
    }

    private static AddressRange at(int mib, int sizeMib) {
        return new AddressRange(BASE + mib * MIB, sizeMib * MIB);
    }
}
