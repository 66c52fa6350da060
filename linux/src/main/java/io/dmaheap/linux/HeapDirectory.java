package io.dmaheap.linux;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** {@code /dev/dma_heap}, where the kernel puts one node per heap. */
record HeapDirectory(Path path) {

    /** Below {@code root}, which is {@code /} but in tests. */
    static HeapDirectory below(Path root) {
        return new HeapDirectory(root.resolve("dev/dma_heap"));
    }

    /** {@code /dev}, where it appears. */
    Path parent() {
        return Objects.requireNonNull(path.getParent());
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /**
     * The nodes by name; none if there is no such directory or it is not for this user.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with
     */
    List<Path> nodes(Libc libc) {
        return KernelFile.entries(libc, path);
    }
}
