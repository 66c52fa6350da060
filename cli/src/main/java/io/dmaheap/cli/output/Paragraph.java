package io.dmaheap.cli.output;

/** Text in lines that fit the screen, broken between words. */
public final class Paragraph {
    private Paragraph() {}

    /**
     * The text, made {@linkplain Printable printable}, with a line break at the end. A line that it has itself, such as one of a stack trace,
     * stays one, with the indentation of the others at least.
     *
     * @param columns how many characters fit in a line; a longer word gets a line of its own
     * @param indent how many blanks stand before each line but the first
     */
    public static String text(String text, int columns, int indent) {
        if (text.indexOf('\n') >= 0) {
            return severalLines(text, columns, indent);
        }
        var lines = new StringBuilder();
        int used = 0;
        String before = "";
        for (String word : Printable.text(text).split(" ", -1)) {
            int needed = before.length() + word.length();
            if (used > indent && used + needed > columns) {
                lines.append('\n').append(" ".repeat(indent)).append(word);
                used = indent + word.length();
            } else {
                lines.append(before).append(word);
                used += needed;
            }
            before = " ";
        }
        return lines.append('\n').toString();
    }

    private static String severalLines(String text, int columns, int indent) {
        var lines = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            String inside = lines.isEmpty() ? line : " ".repeat(indent) + line;
            lines.append(text(inside, columns, indent));
        }
        return lines.toString();
    }
}
