package io.dmaheap.cli.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.MemoryMap.Kind;
import io.dmaheap.MemoryMap.Use;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Drawings of an area of 16 MiB that was made up. */
class DrawingTests {
    private static final long MIB = 1 << 20;
    private static final long BASE = 0x6800_0000L;

    private static Extent extent(long at, long size, Use use, boolean lent, String label, String client) {
        return new Extent(
                BASE + at,
                size,
                use,
                lent,
                Optional.of(label).filter(l -> !l.isEmpty()),
                Optional.of(client).filter(c -> !c.isEmpty()));
    }

    private static MemoryArea area(Extent... extents) {
        return new MemoryArea(
                "video@68000000",
                Kind.CMA,
                Set.of(Flag.REUSABLE),
                "",
                OptionalLong.of(BASE),
                OptionalLong.of(16 * MIB),
                OptionalLong.empty(),
                List.of("video@68000000"),
                Optional.of(List.of(extents)));
    }

    private static final MemoryArea BUSY = area(
            extent(0, 4 * MIB, Use.BUFFER, false, "frame-0", "decoder"),
            extent(4 * MIB, 2 * MIB, Use.BUFFER, false, "frame-1", "decoder"),
            extent(8 * MIB, 4096, Use.PINNED, false, "", ""),
            extent(10 * MIB, MIB, Use.BUFFER, true, "secret & <b>", ""),
            extent(11 * MIB, 3 * MIB, Use.LENT, true, "", ""));

    private static String drawn(Glyphs glyphs, int width, MemoryArea area) {
        return new AreaText(new Owners(List.of(area)), glyphs, width, 80).of(area);
    }

    @Test
    void everyCharacterStandsForTheSameNumberOfBytesAndOnePinnedPageShows() {
        assertThat(drawn(Glyphs.ASCII, 30, BUSY).lines().map(String::stripTrailing))
                .containsExactly(
                        "video@68000000, CMA, 16 MiB at 0x68000000, heap video@68000000",
                        "  0x68000000   aaaaaaaaaaaaaaaa",
                        "  0x68400000   aaaaaaaa........",
                        "  0x68800000   #.......bbbb%%%%",
                        "  0x68c00000   %%%%%%%%........",
                        "  each character is 256 KiB",
                        "  a  decoder         6 MiB in 2 buffers",
                        "  b  secret & <b>    1 MiB",
                        "  %  lent, idle      3 MiB",
                        "  #  pinned          4 KiB",
                        "  .  free            6.00 MiB in 3 runs, the largest 2 MiB, fragmentation 67 %");
    }

    @Test
    void aTerminalWithUnicodeShowsBlocks() {
        assertThat(drawn(Glyphs.BLOCKS, 30, BUSY)).contains("█░░░░░░░bbbb▒▒▒▒").doesNotContain("#");
    }

    @Test
    void linesFitTheTerminal() {
        for (int width : new int[] {1, 40, 80, 200}) {
            assertThat(drawn(Glyphs.ASCII, width, area()).lines().filter(line -> line.startsWith("  0x")))
                    .allMatch(line -> line.length() <= Math.max(31, width));
        }
    }

    @Test
    void nothingIsDrawnWhereThePlatformDoesNotTellWhoHasWhat() {
        var area = new MemoryArea(
                "reserved",
                Kind.CMA,
                Set.of(Flag.DEFAULT),
                "",
                OptionalLong.empty(),
                OptionalLong.of(64 * MIB),
                OptionalLong.of(3 * MIB),
                List.of(),
                Optional.empty());
        assertThat(drawn(Glyphs.ASCII, 80, area)).isEqualTo("reserved, CMA, default, 64 MiB, 3 MiB free\n");
        assertThat(area.freeRuns()).isEmpty();
    }

    @Test
    void freeRunsAndFragmentationFollowFromWhatIsTaken() {
        assertThat(area().freeRuns()).containsExactly(new MemoryArea.FreeRun(BASE, 16 * MIB));
        assertThat(area().fragmentation()).isZero();
        var full = area(extent(0, 16 * MIB, Use.BUFFER, false, "all", ""));
        assertThat(full.freeRuns()).isEmpty();
        assertThat(full.largestFreeRun()).isZero();
        assertThat(full.fragmentation()).isZero();
        var halves = area(extent(6 * MIB, 4 * MIB, Use.BUFFER, false, "middle", ""));
        assertThat(halves.largestFreeRun()).isEqualTo(6 * MIB);
        assertThat(halves.fragmentation()).isEqualTo(0.5);
    }

    @Test
    void thePictureHasAnAxisALegendAndNoMarkupFromLabels() {
        var map = new MemoryMap("board & co", List.of(BUSY), List.of(), List.of(), List.of());
        var svg = MapSvg.of("Title <1>", map, List.of(new MapSvg.Picture("Now", BUSY)), new Owners(List.of(BUSY)));
        assertThat(svg)
                .startsWith("<svg ")
                .endsWith("</svg>\n")
                .contains("Title &lt;1&gt;", "board &amp; co", "Now: video@68000000", "secret &amp; &lt;b&gt;")
                .contains(">0x68000000<", ">0x69000000<", ">pinned<", ">lent to the secure world<", ">decoder<")
                .contains(">CMA<")
                .doesNotContain("<b>");
    }

    @Test
    void anOwnerKeepsItsLetterInEveryPictureOfASeries() {
        var later = area(extent(0, MIB, Use.BUFFER, false, "secret & <b>", ""));
        var owners = new Owners(List.of(BUSY, later));
        assertThat(owners.shares(later)).containsExactly(new Owners.Share(1, "secret & <b>", 1, MIB));
        assertThat(Owners.letter(1)).isEqualTo('b');
        assertThat(Owners.letter(53)).isEqualTo('b');
    }
}
