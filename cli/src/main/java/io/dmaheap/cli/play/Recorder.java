package io.dmaheap.cli.play;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes events into a trace file, which {@link TraceFile} reads. */
public final class Recorder implements Consumer<Event>, AutoCloseable {
    private final Path file;
    private final BufferedWriter writer;

    /**
     * Starts a trace; what the file held before is lost.
     *
     * @throws BadInputException if the file cannot be written
     */
    public Recorder(Path file) {
        this.file = file;
        try {
            this.writer = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void accept(Event event) {
        try {
            writer.write(TraceLine.of(event));
            writer.write('\n');
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private BadInputException cannotWrite(IOException e) {
        return BadInputException.unwritable("the trace", file, e);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }
}
