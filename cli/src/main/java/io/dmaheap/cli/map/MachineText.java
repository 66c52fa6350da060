package io.dmaheap.cli.map;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;

/** All areas of a machine, a line each, with bars as long as the areas are large. */
public final class MachineText {
    private static final int WIDTH_OF_WORDS = 64;
    private static final int WIDTH_OF_WORDS_ON_A_SCREEN = 126;
    private static final int SHORTEST_BAR = 8;
    private static final int LONGEST_BAR = 64;

    private final Glyphs glyphs;
    private final int longest;
    private final int lineLength;
    private final Column yielding;

    /** What a narrow screen does without. */
    public enum Column {
        /** The bars. */
        TO_SCALE,
        /** What an area is, which is told elsewhere too. */
        KIND
    }

    /**
     * Draws with these characters.
     *
     * @param width for pictures
     * @param lineLength the longest line of text
     */
    public MachineText(Glyphs glyphs, int width, int lineLength, Column yielding) {
        this.glyphs = glyphs;
        int words = lineLength > width ? WIDTH_OF_WORDS : WIDTH_OF_WORDS_ON_A_SCREEN;
        this.longest = Math.clamp(width - words, SHORTEST_BAR, LONGEST_BAR);
        this.lineLength = lineLength;
        this.yielding = yielding;
    }

    /** The table of areas. */
    public String of(MemoryMap map) {
        long largest = map.areas().stream()
                .mapToLong(area -> area.size().orElse(0))
                .max()
                .orElse(1);
        var table = new Table("ADDRESS", ">SIZE", "TO SCALE", "AREA", "KIND", "HEAPS")
                .optional(yielding.name().replace('_', ' '));
        for (MemoryArea area : map.areas()) {
            long size = area.size().orElse(0);
            int length = (int) Math.max(1, Math.round((double) size * longest / Math.max(largest, 1)));
            table.row(
                    AreaWords.hex(area.base()),
                    area.size().isPresent() ? Sizes.text(size) : "-",
                    size == 0 ? "" : String.valueOf(glyphs.bar()).repeat(length),
                    area.name(),
                    AreaWords.kind(area),
                    area.heaps().isEmpty() ? "-" : String.join(" ", area.heaps()));
        }
        return table.text(lineLength);
    }
}
