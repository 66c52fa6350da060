package io.dmaheap.cli;

import io.dmaheap.cli.map.Glyphs;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Where results are shown.
 *
 * @param piped whether it is a file or another program
 * @param lively whether a person watches who may like colours and a line that moves
 * @param columns how many characters fit in a line; for pictures also where it is no terminal
 * @param glyphs what it can show
 */
record Screen(boolean piped, boolean lively, int columns, Glyphs glyphs) {
    /** No terminal: a file, or another program. */
    static final Screen NONE = new Screen(true, false, 100, Glyphs.BLOCKS);

    /** How many characters a line of text may have: a file or another program takes any. */
    int lineLength() {
        return piped ? Integer.MAX_VALUE : columns;
    }

    /** The screen of this process. Java writes UTF-8 whatever the locale, but a terminal shows it only if its locale says so. */
    static Screen detect() {
        var console = System.console();
        boolean terminal = console != null && console.isTerminal();
        boolean unicode = "UTF-8".equalsIgnoreCase(System.getProperty("native.encoding"));
        return new Screen(
                !terminal,
                terminal && System.getenv("NO_COLOR") == null,
                terminal ? askTerminal() : NONE.columns(),
                unicode ? Glyphs.BLOCKS : Glyphs.ASCII);
    }

    private static int askTerminal() {
        try {
            Process size = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .start();
            String text = new String(size.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            int columns = size.waitFor(1, TimeUnit.SECONDS) && !text.isEmpty()
                    ? Integer.parseInt(text.substring(text.indexOf(' ') + 1))
                    : 0;
            return columns > 0 ? columns : NONE.columns();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NONE.columns();
        } catch (IOException | NumberFormatException e) {
            return NONE.columns();
        }
    }
}
