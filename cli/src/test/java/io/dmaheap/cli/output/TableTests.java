package io.dmaheap.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TableTests {

    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
        assertThat(new Table("NAME", ">SIZE", "PLUGIN")
                        .row("a", 1, "x")
                        .row("longer", 12345, "")
                        .text())
                .isEqualTo("NAME     SIZE  PLUGIN\na           1  x\nlonger  12345\n");
    }

    @Test
    void aRowWithACellTooFewIsRefused() {
        var table = new Table("A", "B");
        assertThatIllegalArgumentException().isThrownBy(() -> table.row("only"));
    }

    @Test
    void jsonKeepsTheOrderOfFieldsAndEscapes() {
        var json = new JsonObject()
                .with("z", "a\"b\n")
                .with("a", List.of(1, true))
                .with("none", Optional.empty())
                .with("long", OptionalLong.of(5))
                .with("inner", new JsonObject())
                .with("path", Path.of("/a/b"));
        assertThat(json.line())
                .isEqualTo(
                        "{\"z\":\"a\\\"b\\n\",\"a\":[1,true],\"none\":null,\"long\":5,\"inner\":{},\"path\":\"/a/b\"}");
    }
}
