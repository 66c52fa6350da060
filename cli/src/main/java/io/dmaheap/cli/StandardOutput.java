package io.dmaheap.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers what went wrong: a {@link java.io.PrintWriter} tells only that something did. */
final class StandardOutput extends FilterOutputStream {
    /** {@code EPIPE} in the words in which the JDK passes it on: who read the output has seen enough of it. */
    private static final String NOBODY_READS = "Broken pipe";

    private @Nullable IOException failure;

    StandardOutput() {
        super(new FileOutputStream(FileDescriptor.out));
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Why output that somebody waits for is lost, empty if none is. */
    Optional<String> lost() {
        return Optional.ofNullable(failure).map(IOException::getMessage).filter(why -> !why.equals(NOBODY_READS));
    }
}
