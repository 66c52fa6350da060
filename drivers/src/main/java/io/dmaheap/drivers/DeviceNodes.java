package io.dmaheap.drivers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Numbered device nodes, such as {@code /dev/video0}, {@code /dev/video1}. */
final class DeviceNodes {
    private DeviceNodes() {}

    /** The nodes of a prefix by number; none if there is no such directory. */
    static List<Path> in(Path directory, String prefix) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().matches(prefix + "\\d+"))
                    .sorted(Comparator.comparingInt(path -> number(path, prefix)))
                    .toList();
        } catch (IOException | UncheckedIOException _) {
            return List.of();
        }
    }

    private static int number(Path path, String prefix) {
        return Integer.parseInt(path.getFileName().toString().substring(prefix.length()));
    }
}
