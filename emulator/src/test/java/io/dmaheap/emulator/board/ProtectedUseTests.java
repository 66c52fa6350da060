package io.dmaheap.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.devicetree.TreeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtectedUseTests {

    private static Board board(String... uses) {
        return Board.of(TreeSource.read("""
                /dts-v1/;
                / {
                    #address-cells = <1>;
                    #size-cells = <1>;
                    memory@80000000 { device_type = "memory"; reg = <0x80000000 0x4000000>; };
                    firmware { optee { compatible = "linaro,optee-tz"; method = "smc"; %s }; };
                };
                """.formatted(String.join("\n", uses)), "test.dts"));
    }

    @Test
    void aUseSaysHowMuchItWantsAndForWhom() {
        var board = board("""
                ui {
                    dmaheap,use-case = <2>;
                    dmaheap,minimum-size = <0x400000>;
                    dmaheap,read-only = "display";
                    dmaheap,read-write = "gpu", "tee";
                };""");
        assertThat(board.problems()).isEmpty();
        var use = board.optee().orElseThrow().use(2).orElseThrow();
        assertThat(use.minimumSize()).isEqualTo(4 << 20);
        assertThat(use.alignment()).isEqualTo(4096);
        assertThat(use.readers()).containsExactly("display");
        assertThat(use.writers()).containsExactly("gpu", "tee");
        assertThat(board.optee().orElseThrow().use(3)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0x1000, 0x1000, BAD_VALUE",
        "4, 0x1000, 0x1000, BAD_VALUE",
        "2, 0, 0x1000, BAD_VALUE",
        "2, 0x1001, 0x1000, BAD_VALUE",
        "2, 0x1000, 0x800, BAD_VALUE",
        "2, 0x1000, 0x3000, BAD_VALUE"
    })
    void whatMakesNoSenseIsLeftOutAndNamed(String number, String size, String alignment, BoardProblem.Kind kind) {
        var board = board("ui { dmaheap,use-case = <%s>; dmaheap,minimum-size = <%s>; dmaheap,alignment = <%s>; };"
                .formatted(number, size, alignment));
        assertThat(board.optee().orElseThrow().uses()).isEmpty();
        assertThat(board.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(kind);
            assertThat(problem.node()).isEqualTo("/firmware/optee/ui");
        });
    }

    @Test
    void theSecondOfOneUseIsLeftOut() {
        var board = board(
                "one { dmaheap,use-case = <2>; dmaheap,minimum-size = <0x1000>; };",
                "two { dmaheap,use-case = <2>; dmaheap,minimum-size = <0x2000>; };");
        assertThat(board.optee().orElseThrow().uses())
                .singleElement()
                .satisfies(use -> assertThat(use.name()).isEqualTo("one"));
        assertThat(board.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.kind()).isEqualTo(BoardProblem.Kind.DUPLICATE));
    }
}
