package io.dmaheap.emulator.board;

import static io.dmaheap.emulator.board.Boards.assertProblems;
import static io.dmaheap.emulator.board.Boards.assertRegions;
import static io.dmaheap.emulator.board.Boards.problem;
import static io.dmaheap.emulator.board.Boards.region;
import static io.dmaheap.emulator.board.Boards.reserving;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegionTests {
    private static final String CMA = "compatible = \"shared-dma-pool\"; reusable;";
    private static final String GOOD = region("good", 100, 2, CMA);

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "compatible = \"shared-dma-pool\"; reusable;, Cma",
                "compatible = \"shared-dma-pool\";, CoherentPool",
                "compatible = \"shared-dma-pool\"; no-map;, CoherentPool",
                "compatible = \"restricted-dma-pool\";, BouncePool",
                "`compatible = \"mediatek,dynamic-restricted-region\"; reusable;`, MediatekPool",
                "`compatible = \"linaro,restricted-heap\"; no-map;`, LinaroPool",
                "`compatible = \"linaro,secure-heap\"; no-map;`, LinaroPool",
                "no-map;, Carveout",
                "`compatible = \"acme,firmware\";`, Carveout",
                "`compatible = \"acme,pool\", \"shared-dma-pool\"; reusable;`, Cma",
            })
    void compatibleAndFlagsDecideTheKind(String properties, String kind) {
        var board = reserving(region("r@1", 0, 2, properties));

        assertThat(board.problems()).isEmpty();
        assertThat(board.region("r@1").orElseThrow().getClass().getSimpleName()).isEqualTo(kind);
    }

    @Test
    void aRegionKnowsItsPlaceAndFlags() {
        var placement =
                reserving(region("fw@1", 1, 1, "no-map;")).regions().getFirst().placement();

        assertThat(placement.range()).isEqualTo(new AddressRange(Boards.BASE + Boards.MIB, Boards.MIB));
        assertThat(placement.path()).isEqualTo("/reserved-memory/fw@1");
        assertThat(placement.noMap()).isTrue();
        assertThat(placement.reusable()).isFalse();
        assertThat(placement.dynamic()).isFalse();
        assertThat(placement.alignment()).isOne();
    }

    @Test
    void linarosHeapHasTheNameWithoutTheAddress() {
        var board = reserving(region("sdp@40000000", 0, 1, "compatible = \"linaro,secure-heap\"; no-map;"));

        assertThat(((Region.LinaroPool) board.regions().getFirst()).heapName()).isEqualTo("sdp");
    }

    @Test
    void mediatekMemoryIsLentIfReusable() {
        String compatible = "compatible = \"mediatek,dynamic-restricted-region\";";
        var board = reserving(region("a", 0, 2, compatible + "reusable;") + region("b", 2, 2, compatible + "no-map;"));

        assertThat(board.regions())
                .extracting(region -> ((Region.MediatekPool) region).isLent())
                .containsExactly(true, false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`bad { compatible = \"mediatek,dynamic-restricted-region\"; reg = <0x40000000 0x200000>; no-map; reusable; };`| CONFLICT",
                "bad { reg = <0x40000000 0x200000>; compatible = \"restricted-dma-pool\"; no-map; };| CONFLICT",
                "bad { reg = <0x40100000 0x200000>; compatible = \"shared-dma-pool\"; reusable; };| MISALIGNED",
                "bad { reg = <0x40000000 0x300000>; compatible = \"shared-dma-pool\"; reusable; };| MISALIGNED",
                "bad { size = <0x300000>; compatible = \"shared-dma-pool\"; reusable; };| MISALIGNED",
                "bad { compatible = \"linaro,secure-heap\"; reg = <0x40000000 0x800>; no-map; };| MISALIGNED",
                "bad { reg = <0x40000000 0>; };| BAD_VALUE",
                "bad { reg = <0x40000000>; };| BAD_VALUE",
                "bad { reg; };| BAD_VALUE",
                "bad { reg = <0x40000000 0x1000>; compatible = <1>; };| BAD_VALUE",
                "bad { reg = <0x40000000 0x1000>; status = [07]; };| BAD_VALUE",
                "bad { size = <0x1000>; alignment = <0x3000>; };| BAD_VALUE",
                "bad { size = [0000]; };| BAD_VALUE",
                "bad { reg = <0x30000000 0x200000>; compatible = \"shared-dma-pool\"; reusable; };| OUTSIDE_MEMORY",
                "bad { reg = <0x4fe00000 0x400000>; compatible = \"shared-dma-pool\"; reusable; };| OUTSIDE_MEMORY",
                "bad { size = <0 0x1000>; };| BAD_VALUE",
                "bad { size = <0x1000>; alignment = <0 0x1000>; };| BAD_VALUE",
                "bad { size = <0>; };| BAD_VALUE",
                "bad { };| MISSING_PROPERTY",
                "bad { compatible = \"linaro,secure-heap\"; reg = <0x40000000 0x1000>; };| MISSING_PROPERTY",
                "bad { compatible = \"linaro,secure-heap\"; size = <0x1000>; no-map; };| MISSING_PROPERTY",
                "bad { compatible = \"mediatek,dynamic-restricted-region\"; reg = <0x40000000 0x1000>; };| MISSING_PROPERTY",
                "bad { size = <0x20000000>; };| NO_ROOM",
                "bad { size = <0x1000>; alloc-ranges = <0x30000000 0x1000>; };| NO_ROOM",
            })
    void whatIsWrongWithOneRegionCostsOnlyThatRegion(String bad, Kind kind) {
        var board = reserving(GOOD + bad);

        assertProblems(board).containsExactly(problem(kind, "/reserved-memory/bad"));
        assertRegions(board).containsExactly("good");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "odd { reg = <0x40000000 0x200000>; no-map; reusable; };| CONFLICT",
                "odd { reg = <0x40000000 0x200000>; compatible = \"shared-dma-pool\"; no-map; reusable; };| CONFLICT",
                "odd { reg = <0x40000000 0x200000>; compatible = \"shared-dma-pool\"; linux,cma-default; };| CONFLICT",
                "odd { reg = <0x46300000 0x200000>; };| OVERLAP",
                "odd { reg = <0x46500000 0x200000>; no-map; };| OVERLAP",
                "odd { reg = <0x40000000 0x1000>, <0x40002000 0x1000>; };| TOO_MANY",
            })
    void theKernelKeepsARegionThatIsOdd(String odd, Kind kind) {
        var board = reserving(GOOD + odd);

        assertThat(board.problems()).extracting(BoardProblem::kind).containsExactly(kind);
        assertRegions(board).containsExactly("good", "odd");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "beside { reg = <0x30000000 0x1000>; no-map; };",
                "across { reg = <0x4ffff000 0x2000>; };",
                "bytes { reg = <0x40000123 0x45>; };",
                "pool { reg = <0x30000000 0x1000>; compatible = \"shared-dma-pool\"; no-map; };",
                "linaro { reg = <0x30000000 0x1000>; compatible = \"linaro,restricted-heap\"; no-map; };",
                "cells { size = <0x80>; };",
            })
    void aRegionThatIsOnlySetAsideMayLieAnywhere(String region) {
        var board = reserving(region);

        assertThat(board.problems()).isEmpty();
        assertThat(board.regions()).hasSize(1);
    }

    @Test
    void ofTwoRegionsThatOverlapTheHigherOneIsReported() {
        var board = reserving(region("second", 2, 2, "") + region("first", 1, 2, "") + region("alone", 8, 2, ""));

        assertProblems(board).containsExactly(problem(Kind.OVERLAP, "/reserved-memory/second"));
        assertThat(board.problems().getFirst().message())
                .isEqualTo("0x40200000-0x40400000 overlaps 0x40100000-0x40300000 of /reserved-memory/first");
    }

    @Test
    void aNoMapRegionInsideReusableMemoryIsCalledThat() {
        var board = reserving(GOOD + region("hole", 101, 1, "no-map;"));

        assertThat(board.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .contains("overlaps 0x46400000-0x46600000 of /reserved-memory/good", "must not map"));
    }

    @Test
    void memoryOfARegionLeftOutIsNotOrdinaryMemory() {
        var board = reserving(region("bad", 0, 1, "compatible = \"linaro,secure-heap\";"));

        assertThat(board.regions()).isEmpty();
        assertThat(board.ordinary()).containsExactly(new AddressRange(Boards.BASE + Boards.MIB, 255 * Boards.MIB));
    }

    @Test
    void theKernelFreesMemoryThatCannotBeACmaArea() {
        var board = reserving(region("bad", 1, 2, CMA));

        assertProblems(board).containsExactly(problem(Kind.MISALIGNED, "/reserved-memory/bad"));
        assertThat(board.ordinary()).containsExactly(new AddressRange(Boards.BASE, 256 * Boards.MIB));
    }

    @Test
    void theNameOfACmaAreaIsCutAsInTheKernel() {
        var board = reserving(region("n".repeat(63), 0, 2, CMA)
                + region("m".repeat(64), 2, 2, CMA)
                + region("o".repeat(64), 4, 1, ""));

        assertThat(board.cmaHeaps()).extracting(CmaHeap::name).containsExactly("n".repeat(63), "m".repeat(63));
        assertProblems(board).containsExactly(problem(Kind.NAME_TOO_LONG, "/reserved-memory/" + "m".repeat(64)));
        assertThat(board.regions()).hasSize(3);
    }

    @Test
    void theDefaultIsTheLastThatTheKernelMakes() {
        String isDefault = CMA + "linux,cma-default;";
        var board = reserving(region("a", 0, 2, isDefault) + region("b", 2, 2, isDefault) + "c { size = <0x200000>; "
                + isDefault + "};");

        assertProblems(board)
                .containsExactly(
                        problem(Kind.DUPLICATE, "/reserved-memory/c"), problem(Kind.DUPLICATE, "/reserved-memory/a"));
        assertThat(board.regions())
                .extracting(region -> ((Region.Cma) region).isDefault())
                .containsExactly(false, true, false);
    }

    @Test
    void aDisabledRegionIsNotThereAndNoProblem() {
        var board = reserving(
                region("off", 0, 2, CMA + "status = \"disabled\";"),
                "dev { memory-region = <&{/reserved-memory/off}>; };");

        assertThat(board.regions()).isEmpty();
        assertThat(board.problems()).isEmpty();
    }

    @Test
    void regionsWithAnAddressAreAsManyAsTheTreeHas() {
        var board = reserving(
                IntStream.range(0, 66).mapToObj(i -> region("r" + i, i, 1, "")).collect(Collectors.joining()));

        assertThat(board.regions()).hasSize(66);
        assertThat(board.problems()).isEmpty();
    }

    @Test
    void regionsBeyondTheKernelsTableAreReported() {
        var board = reserving(IntStream.range(0, 66)
                .mapToObj(i -> "r" + i + " { size = <0x1000>; };")
                .collect(Collectors.joining()));

        assertThat(board.regions()).hasSize(64);
        assertProblems(board)
                .containsExactly(
                        problem(Kind.TOO_MANY, "/reserved-memory/r64"), problem(Kind.TOO_MANY, "/reserved-memory/r65"));
    }

    @ParameterizedTest
    @CsvSource({
        "#address-cells = <1>; ranges;",
        "#address-cells = <1>; #size-cells = <2>; ranges;",
        "#address-cells = <1>; #size-cells = <1>;"
    })
    void reservedMemoryMustBeWrittenAsTheKernelWantsIt(String header) {
        var board = Boards.of("memory@0 { device_type = \"memory\"; reg = <0 0x1000000>; };" + "reserved-memory { "
                + header + " a { reg = <0 0x1000>; }; };");

        assertThat(board.regions()).isEmpty();
        assertProblems(board).containsExactly(problem(Kind.BAD_VALUE, "/reserved-memory"));
    }
}
