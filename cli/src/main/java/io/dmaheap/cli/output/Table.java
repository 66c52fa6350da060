package io.dmaheap.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns that are as wide as their widest cell. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] right;

    /** A table with a heading. A heading that starts with {@code >} aligns its column to the right, as numbers want. */
    public Table(String... headings) {
        right = new boolean[headings.length];
        List<String> heading = new ArrayList<>();
        for (int column = 0; column < headings.length; column++) {
            right[column] = headings[column].startsWith(">");
            heading.add(headings[column].substring(right[column] ? 1 : 0));
        }
        rows.add(heading);
    }

    /** Adds a row with one cell for each heading. */
    public Table row(Object... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toList());
        return this;
    }

    /** The table with a line break after each row and no blanks at the ends of lines. */
    public String text() {
        int[] widths = new int[right.length];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths[column] - cell.length());
                line.append(right[column] ? padding + cell : cell + padding).append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
