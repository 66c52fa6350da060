package io.dmaheap.linux;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.KernelFile;
import io.dmaheap.linux.libc.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code /dev/dma_heap}, where the kernel puts one node per heap.
 *
 * <p>Other entries are no heaps: container runtimes make a directory where a device is missing, and links are further names of the node
 * that they lead to. A heap is a character device of the class {@code dma_heap} (drivers/dma-buf/dma-heap.c), which its major number
 * tells.
 *
 * @param path the directory
 * @param devices what tells a heap's node from other files
 */
record HeapDirectory(Path path, HeapDevices devices) {

    /** Below {@code root}, which is {@code /} but in tests. */
    static HeapDirectory below(Path root) {
        return new HeapDirectory(root.resolve("dev/dma_heap"), HeapDevices.of(root));
    }

    /** {@code /dev}, where it appears. */
    Path parent() {
        return Objects.requireNonNull(path.getParent());
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** Whether it has a heap, even if this user may not open it. Needs no native access. */
    boolean hasHeap() {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.anyMatch(entry -> devices.identity(entry).isPresent());
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
    }

    /**
     * The nodes by name, one for each heap; none if there is no such directory or it is not for this user.
     *
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES} if no descriptor is left to look with
     */
    List<Path> nodes(Libc libc) {
        return namesByNode(libc).keySet().stream().toList();
    }

    /**
     * The further names of heaps: links to their nodes, and second nodes of the same device number.
     *
     * @return the name of the heap by each further name
     * @throws HeapException as {@link #nodes}
     */
    Map<String, String> aliases(Libc libc) {
        var aliases = new TreeMap<String, String>();
        namesByNode(libc).forEach((node, others) -> others.forEach(other -> aliases.put(name(other), name(node))));
        return aliases;
    }

    /**
     * What lies there and is no heap, by name.
     *
     * @throws HeapException as {@link #nodes}
     */
    List<Path> others(Libc libc) {
        return KernelFile.entries(libc, path).stream()
                .filter(entry -> devices.identity(entry).isEmpty())
                .toList();
    }

    /** The device itself comes before links to it, and else the first name in order. */
    private SortedMap<Path, List<Path>> namesByNode(Libc libc) {
        Map<Object, List<Path>> byNumber = KernelFile.entries(libc, path).stream()
                .filter(entry -> devices.identity(entry).isPresent())
                .sorted(Comparator.comparing((Path entry) -> Files.isSymbolicLink(entry)))
                .collect(Collectors.groupingBy(entry -> devices.identity(entry).orElseThrow()));
        var nodes = new TreeMap<Path, List<Path>>();
        byNumber.values().forEach(names -> nodes.put(names.getFirst(), names.subList(1, names.size())));
        return nodes;
    }

    private static String name(Path entry) {
        return entry.getFileName().toString();
    }
}
