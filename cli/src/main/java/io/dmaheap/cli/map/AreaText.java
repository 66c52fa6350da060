package io.dmaheap.cli.map;

import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Use;
import io.dmaheap.cli.output.Paragraph;
import io.dmaheap.cli.output.Printable;
import io.dmaheap.cli.output.Sizes;
import java.util.List;
import java.util.Optional;

/** One area as rows of characters, each of which stands for the same number of bytes, and a legend. */
public final class AreaText {
    private static final int MOST_ROWS = 6;
    private static final int ADDRESS_WIDTH = 14;
    private static final int LEGEND_WIDTH = 21;
    private static final long PAGE = 4096;

    private final Owners owners;
    private final Glyphs glyphs;
    private final int columns;
    private final int lineLength;

    /**
     * Draws with these letters and characters.
     *
     * @param width for pictures
     * @param lineLength the longest line of text
     */
    public AreaText(Owners owners, Glyphs glyphs, int width, int lineLength) {
        this.owners = owners;
        this.glyphs = glyphs;
        this.lineLength = lineLength;
        this.columns = Integer.highestOneBit(Math.max(16, width - ADDRESS_WIDTH));
    }

    /** The drawing and its legend, or only what is known where the platform does not tell who has what. */
    public String of(MemoryArea area) {
        return of("", area);
    }

    /** As {@link #of(MemoryArea)}, with a caption before the name. */
    public String of(String caption, MemoryArea area) {
        var text = new StringBuilder(Paragraph.text(caption + AreaWords.heading(area), lineLength, 2));
        if (area.base().isPresent() && area.size().isPresent() && area.extents().isPresent()) {
            draw(text, area, area.base().getAsLong(), area.size().getAsLong());
            legend(text, area);
        }
        return text.toString();
    }

    private void draw(StringBuilder text, MemoryArea area, long base, long size) {
        long cell = PAGE;
        while (Math.ceilDiv(size, cell) > (long) columns * MOST_ROWS) {
            cell *= 2;
        }
        for (long row = base; row < base + size; row += cell * columns) {
            text.append("  0x").append(String.format("%-10x", row)).append(' ');
            for (long at = row; at < Math.min(row + cell * columns, base + size); at += cell) {
                text.append(glyph(area, at, Math.min(cell, base + size - at)));
            }
            text.append('\n');
        }
        text.append("  each character is ").append(Sizes.text(cell)).append('\n');
    }

    /** Pinned pages show however few they are, since one is enough to break a run; else the use of most bytes. */
    private char glyph(MemoryArea area, long base, long size) {
        long taken = 0;
        long most = 0;
        Optional<Extent> shown = Optional.empty();
        for (Extent extent : area.extents().orElse(List.of())) {
            long shared = Math.min(extent.end(), base + size) - Math.max(extent.base(), base);
            if (shared > 0 && extent.use() == Use.PINNED) {
                return glyphs.pinned();
            }
            if (shared > most) {
                most = shared;
                shown = Optional.of(extent);
            }
            taken += Math.max(shared, 0);
        }
        return taken * 2 < size
                ? glyphs.free()
                : shown.map(extent -> extent.use() == Use.LENT ? glyphs.lent() : Owners.letter(owners.number(extent)))
                        .orElse(glyphs.free());
    }

    private void legend(StringBuilder text, MemoryArea area) {
        for (Owners.Share share : owners.shares(area)) {
            line(
                    text,
                    Owners.letter(share.number()),
                    share.name(),
                    Sizes.text(share.bytes()) + (share.pieces() == 1 ? "" : " in " + share.pieces() + " buffers"));
        }
        long lent = AreaWords.bytes(area, Use.LENT);
        if (lent > 0) {
            line(text, glyphs.lent(), "lent, idle", Sizes.text(lent));
        }
        long pinned = AreaWords.bytes(area, Use.PINNED);
        if (pinned > 0) {
            line(text, glyphs.pinned(), "pinned", Sizes.text(pinned));
        }
        line(text, glyphs.free(), "free", AreaWords.free(area));
    }

    private void line(StringBuilder text, char glyph, String name, String what) {
        String label = "  " + glyph + "  " + Printable.text(name);
        String line = label + " ".repeat(Math.max(1, LEGEND_WIDTH - label.length())) + what;
        text.append(Paragraph.text(line, lineLength, LEGEND_WIDTH));
    }
}
