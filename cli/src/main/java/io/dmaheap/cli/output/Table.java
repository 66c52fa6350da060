package io.dmaheap.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows in columns that are as wide as their widest cell. Cells are made {@linkplain Printable printable}. */
public final class Table {
    private static final String GAP = "  ";
    /** A column of text that is narrower than this is not worth having. */
    private static final int NARROWEST = 12;
    /** Text that is longer than this may be broken. */
    private static final int LONG = 40;

    private static final Pattern BEHIND_BLANKS = Pattern.compile("(?<= )");
    private static final Pattern BEHIND_COMMAS = Pattern.compile("(?<=[ ,])");
    /** Where a word is broken that is too long: behind such a mark, else anywhere. */
    private static final List<String> MARKS = List.of(",", "-_@/.:(=");

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

    /** As {@link #text()}, for lines of so many characters: without optional columns that do not fit, and with text that is broken. */
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
            if (comfortable(wider) > columns) {
                return shown;
            }
            shown = wider;
        }
        return shown;
    }

    /** The width at which nothing but long text is broken. */
    private int comfortable(List<Integer> shown) {
        return shown.stream()
                        .mapToInt(column -> Math.min(width(column), Math.max(longestWord(column), LONG)))
                        .sum()
                + GAP.length() * (shown.size() - 1);
    }

    private int width(int column) {
        return Math.max(
                headings.get(column).length(),
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }

    private String text(List<Integer> shown, int columns, boolean heading) {
        int[] widths = widths(shown, columns);
        var text = new StringBuilder();
        if (heading) {
            line(text, headings, shown, widths);
        }
        for (List<String> row : rows) {
            line(text, row, shown, widths);
        }
        return text.toString();
    }

    /** As wide as the widest cells; where that is too much, the widest columns of text give way, first down to their longest word. */
    private int[] widths(List<Integer> shown, int columns) {
        int[] widths = shown.stream().mapToInt(this::width).toArray();
        shrink(shown, widths, columns, this::longestWord);
        shrink(shown, widths, columns, _ -> NARROWEST);
        return widths;
    }

    private void shrink(List<Integer> shown, int[] widths, int columns, IntUnaryOperator narrowest) {
        int[] least = shown.stream()
                .mapToInt(column -> right[column] ? width(column) : narrowest.applyAsInt(column))
                .toArray();
        int excess = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - columns;
        while (excess > 0) {
            int widest = -1;
            for (int position = 0; position < widths.length; position++) {
                if (widths[position] > least[position] && (widest < 0 || widths[position] >= widths[widest])) {
                    widest = position;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
            excess--;
        }
    }

    private int longestWord(int column) {
        return Stream.concat(Stream.of(headings), rows.stream())
                .flatMap(row -> BEHIND_COMMAS.splitAsStream(row.get(column)))
                .mapToInt(word -> word.stripTrailing().length())
                .max()
                .orElse(0);
    }

    private void line(StringBuilder text, List<String> row, List<Integer> shown, int[] widths) {
        List<List<String>> cells = new ArrayList<>();
        int height = 1;
        for (int position = 0; position < widths.length; position++) {
            cells.add(broken(row.get(shown.get(position)), widths[position]));
            height = Math.max(height, cells.getLast().size());
        }
        for (int at = 0; at < height; at++) {
            var line = new StringBuilder();
            for (int position = 0; position < widths.length; position++) {
                String cell =
                        at < cells.get(position).size() ? cells.get(position).get(at) : "";
                String padding = " ".repeat(widths[position] - cell.length());
                line.append(right[shown.get(position)] ? padding + cell : cell + padding)
                        .append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    /** The lines of a cell. A word that is longer than the column is broken, unlike in a paragraph: it would reach beyond the screen. */
    private static List<String> broken(String cell, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : BEHIND_BLANKS.split(cell)) {
            String rest = word;
            if (!line.isEmpty() && line.length() + rest.stripTrailing().length() > width) {
                lines.add(line.stripTrailing());
                line = "";
            }
            while (rest.stripTrailing().length() > width) {
                int at = piece(rest, width);
                lines.add(rest.substring(0, at));
                rest = rest.substring(at);
            }
            line += rest;
        }
        lines.add(line.stripTrailing());
        return lines;
    }

    private static int piece(String word, int width) {
        for (String marks : MARKS) {
            for (int at = width; at > width / 3; at--) {
                if (marks.indexOf(word.charAt(at - 1)) >= 0) {
                    return at;
                }
            }
        }
        return width;
    }
}
