package io.dmaheap.cli.play;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes events into a trace file, which {@link TraceFile} reads. */
public final class Recorder implements Consumer<Event>, AutoCloseable {
    private final Path file;
    /** Where it is written until it is whole; the file itself if that is a pipe or a device. */
    private final Path beside;

    private final BufferedWriter writer;

    /**
     * Starts a trace. What the file holds stays until {@link #finish}.
     *
     * @throws BadInputException if the file cannot be written
     */
    public Recorder(Path file) {
        this.file = file;
        try {
            this.beside = Files.exists(file) && !Files.isRegularFile(file) ? file : beside(file);
            this.writer = Files.newBufferedWriter(beside);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** In the same folder as the file, or as the one that it is a link to, so that it can be renamed. */
    private static Path beside(Path file) throws IOException {
        Path real = Files.exists(file) ? file.toRealPath() : file;
        return real.resolveSibling(
                real.getFileName() + "." + ProcessHandle.current().pid() + ".part");
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

    /** The trace is whole: it takes the place of what the file held. */
    public void finish() {
        try {
            writer.close();
            if (!beside.equals(file)) {
                Files.move(beside, Files.exists(file) ? file.toRealPath() : file, REPLACE_EXISTING, ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private BadInputException cannotWrite(IOException e) {
        return BadInputException.unwritable("the trace", file, e);
    }

    /** A trace that is not whole is dropped. */
    @Override
    public void close() {
        try {
            writer.close();
            if (!beside.equals(file)) {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }
}
