package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.emulator.board.Board;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class DtcTests {
    private static final String EVERYTHING = """
            /dts-v1/;
            /memreserve/ 0x100000000 0x1000;
            /memreserve/ 0x2000 4096;
            / {
                #address-cells = <2>; // root
                a = <1 0x2 017>, "text\\t\\x41\\0end", [00 ff 1234], <&late>;
                b = &late, &{/bus/dev@1};
                flag;
                one: two: bus {
                    linux,odd+name?* = <&{/bus/dev@1} &one>;
                    dev@1 { phandle = <2>; };
                    dev@2 { x = <&named>; };
                    named: dev@3 { };
                };
                late: late { /* last */ };
            };
            """;

    @TempDir
    Path directory;

    @Test
    void ourTreeOfTheStandardBoardIsDtcs() throws Exception {
        agree(standardBoard());
    }

    @Test
    void ourTreeOfEverythingUnderstoodIsDtcs() throws Exception {
        agree(EVERYTHING);
    }

    @Test
    void dtcReadsWhatWeWrote() throws Exception {
        for (String source : new String[] {EVERYTHING, standardBoard()}) {
            var tree = TreeSource.read(source, "test");

            String decompiled = Dtc.require().decompile(FlattenedTree.write(tree), directory);

            assertThat(TreeSource.read(decompiled, "decompiled")).isEqualTo(tree);
        }
    }

    @Test
    void aMissingDtcFailsInCiAndIsReportedElsewhere() {
        assertThatThrownBy(() -> Dtc.require(Optional.empty(), true))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessage(Dtc.MISSING);
        assertThatThrownBy(() -> Dtc.require(Optional.empty(), false))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining(Dtc.MISSING);
    }

    private void agree(String source) throws IOException, InterruptedException {
        byte[] theirs = Dtc.require().compile(source, directory);

        assertThat(TreeSource.read(source, "test")).isEqualTo(FlattenedTree.read(theirs, "dtc"));
    }

    private static String standardBoard() throws IOException {
        try (var source = Objects.requireNonNull(Board.class.getResourceAsStream("standard.dts"))) {
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
