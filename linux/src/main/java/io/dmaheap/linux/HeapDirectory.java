package io.dmaheap.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code /dev/dma_heap}, where the kernel puts one node per heap. */
record HeapDirectory(Path path) {

    /** Below {@code root}, which is {@code /} but in tests. */
    static HeapDirectory below(Path root) {
        return new HeapDirectory(root.resolve("dev/dma_heap"));
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** The nodes by name; none if there is no such directory or it cannot be read. */
    List<Path> nodes() {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.sorted().toList();
        } catch (IOException | UncheckedIOException _) {
            return List.of();
        }
    }
}
