package io.dmaheap.cli;

import io.dmaheap.cli.output.Printer;
import java.io.PrintWriter;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Logging for a program of a tenth of a second: one line on standard error, from the level in the system property {@code dmaheap.log} on
 * ({@code OFF} unless set). What goes wrong is in the results already. The JDK's own logging would take longer to start than most
 * commands take to run.
 */
public final class StderrLoggers extends System.LoggerFinder {

    /** For {@link java.util.ServiceLoader}. */
    public StderrLoggers() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new StderrLogger(name, threshold());
    }

    private static System.Logger.Level threshold() {
        String word = System.getProperty("dmaheap.log", "OFF");
        for (System.Logger.Level level : System.Logger.Level.values()) {
            if (level.name().equalsIgnoreCase(word)) {
                return level;
            }
        }
        return System.Logger.Level.OFF;
    }

    private record StderrLogger(String name, Level threshold) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return threshold != Level.OFF && level.compareTo(threshold) >= 0;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                var line = new Printer(new PrintWriter(System.err), Integer.MAX_VALUE);
                line.line(name + ": " + level + ": " + text);
                if (thrown != null) {
                    line.trace(thrown);
                }
                line.flush();
            }
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
            if (isLoggable(level)) {
                log(
                        level,
                        bundle,
                        values == null || values.length == 0 ? format : MessageFormat.format(format, values),
                        (Throwable) null);
            }
        }
    }
}
