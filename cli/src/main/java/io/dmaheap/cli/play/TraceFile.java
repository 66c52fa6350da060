package io.dmaheap.cli.play;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recorded workloads: one JSON object a line, as docs/traces.md describes them. Checked in full before anything is played. */
public final class TraceFile {
    private static final int LONGEST_LINE = 1 << 16;

    private TraceFile() {}

    /**
     * Reads a trace.
     *
     * @throws BadInputException with file and line
     */
    public static Workload read(Path file) {
        List<Event> events = new ArrayList<>();
        var check = new TraceCheck();
        int number = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = line(reader); line != null; line = line(reader)) {
                number++;
                if (!line.isBlank()) {
                    Event event = TraceLine.parse(line);
                    check.accept(event);
                    events.add(event);
                }
            }
        } catch (TraceLine.BadLineException e) {
            throw new BadInputException(file + ":" + number + ": " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new BadInputException("there is no trace file " + file);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is no trace: it is not text in UTF-8");
        } catch (IOException e) {
            throw new BadInputException("the trace " + file + " cannot be read: " + e.getMessage());
        }
        if (events.isEmpty()) {
            throw new BadInputException("the trace " + file + " has no events");
        }
        return sink -> events.forEach(sink);
    }

    /** The next line, without its end; null at the end of the file. What never ends is given up. */
    private static @Nullable String line(Reader reader) throws IOException {
        var line = new StringBuilder();
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a line has more than " + LONGEST_LINE + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
