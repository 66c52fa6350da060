package io.dmaheap.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Rows in columns that are as wide as their widest cell. Cells are made {@linkplain Printable printable}. */
public final class Table {
    private static final String GAP = "  ";
    /** A last column that is narrower than this is not worth having. */
    private static final int NARROWEST = 16;

    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> headings = new ArrayList<>();
    private final boolean[] right;
    private List<String> optional = List.of();

    /** A table with a heading. A heading that starts with {@code >} aligns its column to the right, as numbers want. */
    public Table(String... headings) {
        right = new boolean[headings.length];
        for (int column = 0; column < headings.length; column++) {
            right[column] = headings[column].startsWith(">");
            this.headings.add(headings[column].substring(right[column] ? 1 : 0));
        }
    }

    /** Names the columns that a narrow screen may do without, the most important first: one that does not fit takes those after it along. */
    public Table optional(String... columns) {
        optional = List.of(columns);
        return this;
    }

    /** Adds a row with one cell for each heading. */
    public Table row(Object... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> Printable.text(String.valueOf(cell)))
                .toList());
        return this;
    }

    /** The table with a line break after each row and no blanks at the ends of lines. */
    public String text() {
        return text(Integer.MAX_VALUE);
    }

    /** As {@link #text()}, for lines of so many characters: without optional columns that do not fit, and with a last one that is broken. */
    public String text(int columns) {
        return text(fitting(columns), columns, true);
    }

    /**
     * Some of the columns, whether or not they fit.
     *
     * @param names headings, in any case
     * @throws IllegalArgumentException for a name of no column, with a sentence that names those that there are
     */
    public String only(List<String> names, boolean heading) {
        return text(names.stream().map(this::index).toList(), Integer.MAX_VALUE, heading);
    }

    /** As {@link #text()}, without the heading if it is not wanted. */
    public String all(boolean heading) {
        return only(headings, heading);
    }

    private int index(String name) {
        Optional<String> found =
                headings.stream().filter(one -> one.equalsIgnoreCase(name)).findFirst();
        return headings.indexOf(found.orElseThrow(() -> new IllegalArgumentException("there is no column '" + name
                + "', but " + String.join(", ", headings).toLowerCase(Locale.ROOT))));
    }

    private List<Integer> fitting(int columns) {
        List<Integer> shown = new ArrayList<>();
        for (int column = 0; column < right.length; column++) {
            if (!optional.contains(headings.get(column))) {
                shown.add(column);
            }
        }
        for (String more : optional) {
            List<Integer> wider = new ArrayList<>(shown);
            wider.add(headings.indexOf(more));
            wider.sort(null);
            if (width(wider) > columns) {
                return shown;
            }
            shown = wider;
        }
        return shown;
    }

    private int width(List<Integer> shown) {
        return shown.stream().mapToInt(this::width).sum() + GAP.length() * (shown.size() - 1);
    }

    private int width(int column) {
        return Math.max(
                headings.get(column).length(),
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }

    private String text(List<Integer> shown, int columns, boolean heading) {
        int[] widths = shown.stream().mapToInt(this::width).toArray();
        int before = width(shown) - (widths.length == 0 ? 0 : widths[widths.length - 1]);
        int last = Math.max(columns - before, NARROWEST);
        var text = new StringBuilder();
        if (heading) {
            line(text, headings, shown, widths, last, before);
        }
        for (List<String> row : rows) {
            line(text, row, shown, widths, last, before);
        }
        return text.toString();
    }

    private void line(StringBuilder text, List<String> row, List<Integer> shown, int[] widths, int last, int before) {
        var line = new StringBuilder();
        for (int position = 0; position < widths.length; position++) {
            int column = shown.get(position);
            String cell = row.get(column);
            String padding = " ".repeat(widths[position] - cell.length());
            line.append(right[column] ? padding + cell : cell + padding).append(GAP);
        }
        String whole = line.toString().stripTrailing();
        if (whole.length() - before <= last) {
            text.append(whole).append('\n');
            return;
        }
        // A word that is longer than the column is broken, unlike in a paragraph: it would reach beyond the screen.
        String rest = whole.substring(before).replaceAll("(\\S{" + last + "})(?=\\S)", "$1 ");
        text.append(whole, 0, before)
                .append(Paragraph.text(rest, last, 0).stripTrailing().replace("\n", "\n" + " ".repeat(before)))
                .append('\n');
    }
}
