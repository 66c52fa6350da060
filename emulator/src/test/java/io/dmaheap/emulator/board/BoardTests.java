package io.dmaheap.emulator.board;

import static io.dmaheap.emulator.board.Boards.assertProblems;
import static io.dmaheap.emulator.board.Boards.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.FlattenedTree;
import io.dmaheap.emulator.devicetree.TreeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoardTests {

    @Test
    void memoryIsReadAsTheKernelReadsIt() {
        var board = Boards.of("""
                memory@8000 { device_type = "memory"; reg = <0x8000 0x1000>, <0xa000 0x800>; };
                memory@1000 { device_type = "memory"; reg = <0x1000 0x2000>, <0x2000 0x2000>, <0x4000 0x1000>; };
                memory@c000 { device_type = "memory"; reg = <0xc000 0x1000>; status = "disabled"; };
                memory@d000 { device_type = "memory"; };
                memory@f000 { device_type = "memory"; reg = <0xe800 0x2000>; };
                memory@20000 { device_type = "memory"; reg = <0x20000 0x8000>; linux,usable-memory = <0x21000 0x1000>; };
                other@e000 { reg = <0xe000 0x1000>; };
                """);

        assertThat(board.memory())
                .containsExactly(
                        new AddressRange(0x1000, 0x4000),
                        new AddressRange(0x8000, 0x1000),
                        new AddressRange(0xf000, 0x1000),
                        new AddressRange(0x21000, 0x1000));
        assertThat(board.memoryAssumed()).isFalse();
        assertProblems(board)
                .containsExactlyInAnyOrder(
                        problem(Kind.MISALIGNED, "/memory@8000"), problem(Kind.MISSING_PROPERTY, "/memory@d000"));
    }

    @Test
    void banksThatTouchAreOne() {
        var board = Boards.of("""
                memory@0 { device_type = "memory"; reg = <0 0x1000000>; };
                memory@1000000 { device_type = "memory"; reg = <0x1000000 0x1000000>; };
                reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
                    across { reg = <0x400000 0x1800000>; compatible = "shared-dma-pool"; reusable; }; };
                """);

        assertThat(board.problems()).isEmpty();
        assertThat(board.cmaHeaps()).extracting(CmaHeap::name).containsExactly("across");
    }

    @Test
    void whatNobodyReservedIsOrdinary() {
        var board = Boards.reserving(Boards.region("a", 0, 1, "") + Boards.region("b", 255, 1, "no-map;"));

        assertThat(board.ordinary()).containsExactly(new AddressRange(Boards.BASE + Boards.MIB, 254 * Boards.MIB));
    }

    @Test
    void everyCmaRegionMakesAHeapAndTheDefaultTwo() {
        String cma = "compatible = \"shared-dma-pool\"; reusable;";
        var board = Boards.reserving(
                Boards.region("video@1", 0, 2, "phandle = <1>;" + cma)
                        + Boards.region("linux,cma", 2, 2, cma + "linux,cma-default;"),
                "gpu-heap { compatible = \"linux,cma\"; memory-region = <1>; };");

        assertThat(board.problems()).isEmpty();
        assertThat(board.cmaHeaps())
                .extracting(CmaHeap::name, heap -> heap.region().name(), CmaHeap::node)
                .containsExactly(
                        tuple("default_cma_region", "linux,cma", "/reserved-memory/linux,cma"),
                        tuple("video@1", "video@1", "/gpu-heap"),
                        tuple("linux,cma", "linux,cma", "/reserved-memory/linux,cma"));
    }

    @Test
    void aHeapNodeWantsOneCmaRegion() {
        var board = Boards.reserving(
                Boards.region("fw", 0, 2, "phandle = <1>;"),
                "a { compatible = \"linux,cma\"; memory-region = <1>; }; b { compatible = \"linux,cma\"; };");

        assertProblems(board).containsExactly(problem(Kind.BAD_VALUE, "/a"), problem(Kind.BAD_VALUE, "/b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mediatek,dynamic-restricted-region", "linaro,restricted-heap"})
    void aRegionHasOneProtector(String vendor) {
        var board = Boards.reserving(
                Boards.region("pool", 0, 2, "phandle = <1>; no-map; compatible = \"" + vendor + "\";")
                        + Boards.region("own", 2, 2, "phandle = <2>; no-map;"),
                """
                firmware { optee { compatible = "linaro,optee-tz"; method = "smc";
                    memory-region = <1>, <2>; memory-region-names = "secure-video", "dma"; }; };
                """);

        assertProblems(board).containsExactly(problem(Kind.CONFLICT, "/firmware/optee"));
        assertThat(board.regions()).hasSize(2);
        assertThat(board.optee().orElseThrow().region("secure-video")).isEmpty();
        assertThat(board.optee().orElseThrow().region("dma")).isPresent();
    }

    @Test
    void twoNodesOfOnePhandleAreReported() {
        var board = Boards.reserving("", "a { phandle = <5>; }; b { phandle = <5>; };");

        assertProblems(board).containsExactly(problem(Kind.DUPLICATE, "/b"));
    }

    @Test
    void thousandsOfProblemsAreCutShort() {
        var board = Boards.reserving(
                "",
                IntStream.range(0, 5000)
                        .mapToObj(i -> "d" + i + " { memory-region = <9>; };")
                        .collect(Collectors.joining()));

        assertThat(board.problems()).hasSize(256).last().hasToString("/: there are more problems. Solve these first");
    }

    @Test
    void aBoardIsOpenedFromAFile(@TempDir Path directory) throws IOException {
        byte[] blob = FlattenedTree.write(TreeSource.read("/dts-v1/; / { model = \"file\"; };", "test"));
        var whole = Files.write(directory.resolve("board.dtb"), blob);
        var cut = Files.write(directory.resolve("cut.dtb"), Arrays.copyOf(blob, blob.length - 8));

        assertThat(Board.open(whole).model()).isEqualTo("file");
        assertThatThrownBy(() -> Board.open(cut))
                .isInstanceOf(HeapException.class)
                .hasMessageStartingWith(cut + ": offset 0x4, node /: the total size is");
    }
}
