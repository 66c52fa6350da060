package io.dmaheap.linux.proc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads small kernel files, where "cannot be read" is an ordinary answer: a process may end, a feature may be compiled out. */
final class ProcFile {
    private ProcFile() {}

    static Optional<String> text(Path file) {
        try {
            // Labels and process names may be any bytes: a decoder that replaces them must not fail.
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static OptionalLong number(Path file) {
        return text(file).map(ProcFile::parse).orElse(OptionalLong.empty());
    }

    static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /** A line such as {@code MemAvailable:   123 kB}, in bytes. */
    static OptionalLong kibibytes(Path file, String key) {
        return text(file).map(text -> kibibytes(text, key)).orElse(OptionalLong.empty());
    }

    /** As {@link #kibibytes(Path, String)}, of a text. */
    static OptionalLong kibibytes(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).replace("kB", ""))
                .map(ProcFile::parse)
                .filter(OptionalLong::isPresent)
                .mapToLong(kib -> kib.getAsLong() * 1024)
                .findFirst();
    }

    /** The entries of a directory, none if it cannot be read. */
    static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException | UncheckedIOException _) {
            return List.of();
        }
    }

    static Optional<String> link(Path file) {
        try {
            return Optional.of(Files.readSymbolicLink(file).toString());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** The size of the file behind a path or link, 0 if it cannot be seen. */
    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException _) {
            return 0;
        }
    }
}
