package io.dmaheap.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.Machine.Backing;
import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineTests {

    @Test
    void withoutSettingsItIsTheStandardBoardOnTheBestBackingOfTheHost() {
        Board board = Board.standard();
        assertThat(Machine.parse(Map.of())).isEqualTo(new Machine(board, board.ordinary(), List.of(), Backing.BEST));
    }

    @Test
    void lessMemoryThanTheBoardHasIsTheLowestOfIt() {
        assertThat(Machine.parse(Map.of("memory", "300M")).ordinary())
                .containsExactly(new AddressRange(0x4000_0000L, 256L << 20), new AddressRange(0x5500_0000L, 44L << 20));
    }

    @Test
    void moreMemoryThanTheBoardHasLiesAboveIt() {
        var board = Board.standard();
        var ordinary = Machine.parse(Map.of("memory", "2G")).ordinary();
        assertThat(ordinary).startsWith(board.ordinary().toArray(AddressRange[]::new));
        assertThat(ordinary.getLast().base()).isEqualTo(5L << 30);
        assertThat(ordinary.stream().mapToLong(AddressRange::size).sum()).isEqualTo(2L << 30);
    }

    @Test
    void theBoardCanComeFromAFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("small.dts"), """
                /dts-v1/;
                / {
                    model = "small";
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x1000000>; };
                };
                """);
        var machine = Machine.parse(Map.of("board", file.toString()));
        assertThat(machine.board().model()).isEqualTo("small");
        assertThat(machine.memory()).isEqualTo(16 << 20);
    }

    private static Path openBoard(Path directory) throws IOException {
        return Files.writeString(directory.resolve("open.dts"), """
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0>; };
                    reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
                        firmware { reg = <0x80000000 0x1000000>; no-map; };
                    };
                };
                """);
    }

    @Test
    void theSettingSaysHowMuchABootLoaderFinds(@TempDir Path directory) throws IOException {
        String board = openBoard(directory).toString();

        assertThat(Machine.parse(Map.of("board", board, "memory", "1G")).ordinary())
                .containsExactly(new AddressRange(0x8100_0000L, (1L << 30) - (16 << 20)));
        assertThat(Machine.parse(Map.of("board", board)).ordinary())
                .containsExactly(new AddressRange(0x8100_0000L, (4L << 30) - (16 << 20)));
    }

    @Test
    void theSettingSaysWhichBanksABootLoaderFinds(@TempDir Path directory) throws IOException {
        String board = openBoard(directory).toString();

        assertThat(Machine.parse(Map.of("board", board, "memory", "0x80000000+2G, 0x880000000+512M"))
                        .ordinary())
                .containsExactly(
                        new AddressRange(0x8100_0000L, (2L << 30) - (16 << 20)),
                        new AddressRange(0x8_8000_0000L, 512 << 20));
        assertThat(Machine.parse(Map.of("memory", "0x40000000+1G")).board().memory())
                .containsExactly(new AddressRange(1L << 30, 1L << 30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+2G",
                "0x80000000+",
                "0x80000000+2G,",
                "0x80000000+2G 0x880000000+2G",
                "0x80000000+2G,3G",
                "0x80000100+2G",
                "0x80000000+5",
                "0x80000000+2000G",
                "0x7ffffffffffff000+4K"
            })
    void whatAreNoBanksIsRefusedByName(String text) {
        assertThatThrownBy(() -> Machine.parse(Map.of("memory", text)))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("platform.emulator.memory")
                .hasMessageContaining("0x80000000+2G,0x880000000+2G");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere/board.dtb", "\0"})
    void aBoardThatCannotBeReadIsRefused(String file) {
        assertThatThrownBy(() -> Machine.parse(Map.of("board", file)))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }

    @Test
    void pinnedPagesAreAddressesWithSizes() {
        assertThat(Machine.parse(Map.of("pinned", "0x78000000+64K 2017460224+4096"))
                        .pinned())
                .containsExactly(new AddressRange(0x7800_0000L, 64 << 10), new AddressRange(0x7840_0000L, 4096));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0x78000000",
                "+4K",
                "0x78000000+",
                "0x78000000+0",
                "0x78000001+4K",
                "0x78000000+5",
                "-4096+4K",
                "x+4K"
            })
    void whatIsNoListOfPagesIsRefusedByName(String text) {
        assertThatThrownBy(() -> Machine.parse(Map.of("pinned", text)))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("platform.emulator.pinned");
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "64K, 65536",
        "512M, 536870912",
        "512m, 536870912",
        "2G, 2147483648",
        "2 G, 2147483648",
        "512MiB, 536870912",
        "512 M, 536870912",
        "0.5G, 536870912",
        "1T, 1099511627776",
        "0x10000, 65536"
    })
    void memoryIsASizeWithOrWithoutUnit(String text, long bytes) {
        assertThat(Machine.parse(Map.of("memory", text)).memory()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "M",
                "0",
                "-1",
                "-4K",
                "2T",
                "1.5X",
                "0x",
                "9999999999G",
                "8589934591G",
                "9999999999999999999"
            })
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
