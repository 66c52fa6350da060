package io.dmaheap.bench.allocators;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code bench/c/allocators.c} in a process of its own. */
final class CProgram implements Contestant {
    private final Path program;

    CProgram(Path program) {
        this.program = program;
    }

    @Override
    public Result run(Trace trace) {
        try {
            Path file = Files.createTempFile("dmaheap-trace", ".bin");
            try {
                trace.write(file);
                return run(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Result run(Path file) throws IOException {
        var process = new ProcessBuilder(program.toString(), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        long[] numbers = Stream.of(output.strip().split(" "))
                .filter(word -> !word.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        if (numbers.length != 4) {
            throw new IOException(program + " printed no result for " + file);
        }
        return new Result(numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
