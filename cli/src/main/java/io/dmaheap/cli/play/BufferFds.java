package io.dmaheap.cli.play;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Counts this process's file descriptors that hold memory or come from a heap; a JVM opens and closes others as it likes. */
public final class BufferFds {
    private static final Path OWN = Path.of("/proc/self/fd");

    private BufferFds() {}

    /** How many are open, empty where the system does not tell. */
    public static OptionalLong count() {
        if (!Files.isDirectory(OWN)) {
            return OptionalLong.empty();
        }
        long count = 0;
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(OWN)) {
            for (Path fd : fds) {
                if (isBuffer(fd)) {
                    count++;
                }
            }
            return OptionalLong.of(count);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isBuffer(Path fd) {
        try {
            String target = Files.readSymbolicLink(fd).toString();
            return Stream.of(
                            "/dmabuf:",
                            "/memfd:",
                            "/dev/dma_heap/",
                            "/dev/udmabuf",
                            "/dev/tee",
                            "anon_inode:dmabuf",
                            "anon_inode:sync_file")
                    .anyMatch(target::startsWith);
        } catch (IOException e) {
            return false; // closed while we looked
        }
    }
}
