package io.dmaheap.cli.map;

/**
 * The characters of a drawing.
 *
 * @param free memory that nobody has
 * @param lent lent to the secure world and not used
 * @param pinned held in place
 * @param bar the length of an area
 */
public record Glyphs(char free, char lent, char pinned, char bar) {
    /** For terminals that show Unicode. */
    public static final Glyphs BLOCKS = new Glyphs('░', '▒', '█', '■');
    /** For all others. */
    public static final Glyphs ASCII = new Glyphs('.', '%', '#', '=');
}
