package io.dmaheap.conformance.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A directory for temporary files and its cleaner, which deletes without asking who needs them. */
record TemporaryFiles(Path directory) {
    /** Deletes some of the files and directories, whatever is in them; how many. */
    int clean(Random random) {
        int deleted = 0;
        for (Path path : all()) {
            if (random.nextInt(3) == 0) {
                try {
                    Files.deleteIfExists(path);
                    deleted++;
                } catch (IOException e) {
                    // a directory with something in it, for the next time
                }
            }
        }
        return deleted;
    }

    /** All in it, the deepest first. */
    List<Path> all() {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(path -> !path.equals(directory))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // it changed while it was read
        }
    }
}
