package io.dmaheap.emulator.board;

import static io.dmaheap.emulator.board.Boards.assertProblems;
import static io.dmaheap.emulator.board.Boards.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.TreeSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Boards whose memory the boot loader fills in. */
class BootMemoryTests {
    private static final long GIB = 1L << 30;
    private static final String OPEN = "memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0>; };";

    @Test
    void aTreeThatLeavesItsMemoryOpenHasFourGibibytesWhereItSays() {
        Board board = Board.of(tree(OPEN, ""));

        assertThat(board.memory()).containsExactly(new AddressRange(2 * GIB, 4 * GIB));
        assertThat(board.memoryAssumed()).isTrue();
        assertThat(board.problems()).isEmpty();
    }

    @Test
    void withoutAMemoryNodeMemoryBeginsAtTheFirstRegion() {
        Board fixed =
                Board.of(tree("", "a { reg = <0 0x54600000 0 0x200000>; }; b { reg = <0 0x98000000 0 0x1000>; };"));
        Board open = Board.of(tree("", "a { size = <0 0x4000000>; alloc-ranges = <0 0xc0000000 0 0x10000000>; };"));
        Board nothing = Board.of(tree("", ""));

        assertThat(fixed.memory()).containsExactly(new AddressRange(GIB, 4 * GIB));
        assertThat(open.memory()).containsExactly(new AddressRange(3 * GIB, 4 * GIB));
        assertThat(nothing.memory()).containsExactly(new AddressRange(GIB, 4 * GIB));
        assertThat(List.of(fixed, open, nothing)).allMatch(Board::memoryAssumed);
    }

    @Test
    void everyRegionThatTheKernelUsesHasMemory() {
        Board board = Board.of(tree(OPEN, """
                high { reg = <0x8 0x80000000 0 0x200000>; compatible = "shared-dma-pool"; reusable; };
                place { size = <0 0x400000>; alloc-ranges = <0x9 0 0 0x1000000>; compatible = "shared-dma-pool"; reusable; };
                registers { reg = <0 0x14680000 0 0x1000>; no-map; };
                """));

        assertThat(board.memory())
                .containsExactly(
                        new AddressRange(2 * GIB, 4 * GIB),
                        new AddressRange(34 * GIB, GIB),
                        new AddressRange(36 * GIB, GIB));
        assertThat(board.problems()).isEmpty();
        assertThat(board.regions()).hasSize(3);
    }

    @Test
    void aTreeWithAddressesThatNoBoardHasAssumesNoMemoryThere() {
        Board board = Board.of(tree(OPEN, "far { reg = <0x7fffffff 0 0 0x1000>; };"));

        assertThat(board.memory()).containsExactly(new AddressRange(2 * GIB, 4 * GIB));
    }

    @Test
    void aSizeIsTakenAsItIs() {
        Board board = Board.of(
                tree(OPEN, "high { reg = <0x8 0x80000000 0 0x200000>; compatible = \"shared-dma-pool\"; reusable; };"),
                BootMemory.ofSize(512 << 20));

        assertThat(board.memory()).containsExactly(new AddressRange(2 * GIB, 512 << 20));
        assertProblems(board).containsExactly(problem(Kind.OUTSIDE_MEMORY, "/reserved-memory/high"));
    }

    @Test
    void banksReplaceThoseOfTheTree() {
        BootMemory found = BootMemory.of(List.of(
                new AddressRange(34 * GIB, 2 * GIB), new AddressRange(2 * GIB, GIB), new AddressRange(3 * GIB, GIB)));
        Board open = Board.of(tree(OPEN, ""), found);
        Board said = Board.of(tree("memory@0 { device_type = \"memory\"; reg = <0 0 0 0x40000000>; };", ""), found);

        assertThat(open.memory())
                .containsExactly(new AddressRange(2 * GIB, 2 * GIB), new AddressRange(34 * GIB, 2 * GIB));
        assertThat(open.memoryAssumed()).isFalse();
        assertThat(said.memory()).isEqualTo(open.memory());
    }

    @Test
    void aSizeDoesNotChangeBanksOfTheTree() {
        Board board = Board.of(
                tree("memory@0 { device_type = \"memory\"; reg = <0 0 0 0x40000000>; };", ""),
                BootMemory.ofSize(2 * GIB));

        assertThat(board.memory()).containsExactly(new AddressRange(0, GIB));
        assertThat(board.memoryAssumed()).isFalse();
    }

    private static DeviceTree tree(String memory, String regions) {
        return TreeSource.read(
                "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; " + memory
                        + "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; " + regions + " }; };",
                "test");
    }
}
