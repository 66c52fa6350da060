package io.dmaheap.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static Table wide() {
        return new Table("NAME", "MORE", ">SIZE", "PLUGIN", "WHY")
                .optional("PLUGIN", "MORE")
                .row("system", "cached, zeroed", 4096, "heaps-system", "it is the first of all the heaps that fit");
    }

    @Test
    void aNarrowScreenGetsTheColumnsThatMatterAndTheLastIsBroken() {
        assertThat(wide().text(200)).isEqualTo("""
                        NAME    MORE            SIZE  PLUGIN        WHY
                        system  cached, zeroed  4096  heaps-system  it is the first of all the heaps that fit
                        """);
        assertThat(wide().text(70)).isEqualTo("""
                        NAME    SIZE  PLUGIN        WHY
                        system  4096  heaps-system  it is the first of all the heaps that fit
                        """);
        assertThat(wide().text(40)).isEqualTo("""
                        NAME    SIZE  WHY
                        system  4096  it is the first of all the
                                      heaps that fit
                        """);
    }

    @Test
    void columnsAreChosenByNameInAnyCaseAndOrder() {
        assertThat(wide().only(List.of("size", "Name"), false)).isEqualTo("4096  system\n");
        assertThat(wide().all(true)).isEqualTo(wide().text());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wide().only(List.of("sise"), true))
                .withMessage("there is no column 'sise', but name, more, size, plugin, why");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[31m", "a\nb", "\u007f", "\u009b2J", "\u202egnp", "x\u200b", "\u2028", "\ud800"})
    void textOfOthersDrawsNothingButItself(String foreign) {
        String shown = new Table("A").row(foreign).all(false);
        assertThat(shown).contains("\\u").matches("[\\x20-\\x7e]+\n");
        if (!foreign.contains("\n")) {
            assertThat(Paragraph.text(foreign, 80, 2)).isEqualTo(shown);
        }
    }

    @Test
    void linesOfAStackTraceStayLinesBelowTheFirst() {
        assertThat(Paragraph.text("it is at\n    a.B.c(B.java:1)\nmine", 80, 2))
                .isEqualTo("it is at\n      a.B.c(B.java:1)\n  mine\n");
    }

    @Test
    void textThatHidesNothingIsLeftAsItIs() {
        for (String plain : List.of("protected,secure-video", "Bücher 漢字", "\ud83d\ude00", "")) {
            assertThat(Printable.text(plain)).isSameAs(plain);
        }
    }

    @Test
    void aParagraphIsBrokenBetweenWordsAndKeepsItsBlanks() {
        assertThat(Paragraph.text("  one two  three four", 12, 4)).isEqualTo("  one two \n    three\n    four\n");
        assertThat(Paragraph.text("averylongwordindeed x", 8, 2)).isEqualTo("averylongwordindeed\n  x\n");
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
