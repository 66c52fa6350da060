package io.dmaheap.cli.output;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine.Help.Ansi;

/**
 * The only way of text from the command to a person: everything that it prints is {@linkplain Printable printable}, whoever the text comes
 * from, except for the escape sequences that its own methods write.
 */
public final class Printer {
    private static final String WIPE = "\r\033[K";
    private static final String TOP_OF_SCREEN = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";

    private final PrintWriter target;
    private final int columns;
    private final boolean compact;

    /**
     * Prints to a writer.
     *
     * @param columns how many characters a line may have
     */
    public Printer(PrintWriter target, int columns) {
        this(target, columns, false);
    }

    private Printer(PrintWriter target, int columns, boolean compact) {
        this.target = target;
        this.columns = columns;
        this.compact = compact;
    }

    /** Prints elsewhere what has the same lines, and each JSON object on a line of its own. */
    public Printer to(StringWriter other) {
        return new Printer(new PrintWriter(other), columns, true);
    }

    /** An empty line. */
    public void line() {
        target.print('\n');
    }

    /** One line, whatever line breaks the text has. */
    public void line(String text) {
        target.print(Printable.text(text));
        target.print('\n');
    }

    /** Text that is broken between words where a line is full. */
    public void paragraph(String text) {
        paragraph(text, 0);
    }

    /** As {@link #paragraph(String)}, with blanks before each line but the first. */
    public void paragraph(String text, int indent) {
        block(Paragraph.text(text, columns, indent));
    }

    /** As {@link #paragraph(String, int)}, below a mark in front of the first line, which may have a colour. */
    public void marked(String mark, String style, boolean coloured, int indent, String text) {
        String padding = " ".repeat(indent - mark.length());
        String first = Printable.text(mark) + padding;
        String lines = Paragraph.text(first + text, columns, indent);
        target.print((coloured ? Ansi.ON : Ansi.OFF).string("@|" + style + " " + Printable.text(mark) + "|@"));
        block(lines.substring(Printable.text(mark).length()));
    }

    /** Lines that are laid out already, such as those of a table; the last one ends with a line break or is continued. */
    public void block(String lines) {
        target.print(Printable.lines(lines));
    }

    /** A result for programs. Gson escapes what must not stand in it. */
    public void json(JsonObject object) {
        target.print(compact ? object.line() + "\n" : object.text());
    }

    /** JSON that another printer wrote. */
    public void json(String lines) {
        target.print(lines);
    }

    /** Where a failure happened. */
    public void trace(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        for (String line : text.toString().split("\\R")) {
            boolean frame = line.startsWith("\t");
            target.print(frame ? "\t" : "");
            line(frame ? line.substring(1) : line);
        }
    }

    /** Replaces the line that the cursor is in; an empty one is left wiped. */
    public void rewrite(String line) {
        String text = Printable.text(line);
        target.print(WIPE + text.substring(0, Math.min(text.length(), Math.max(columns - 1, 0))));
        target.flush();
    }

    /** Shows these lines from the top of the screen on, and nothing else. */
    public void page(String lines) {
        target.print(TOP_OF_SCREEN + Printable.lines(lines).replace("\n", REST_OF_LINE + "\n") + REST_OF_SCREEN);
        target.flush();
    }

    /** Sends on what is printed so far. */
    public void flush() {
        target.flush();
    }

    /** Sends on what is printed so far, and tells whether it could not be. */
    public boolean isBroken() {
        return target.checkError();
    }

    /** For picocli, which prints help: text of the program itself. */
    public PrintWriter forHelp() {
        return target;
    }
}
