package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The form in which Linux shows its own tree: a directory for a node, a file for a property
 * ({@code Documentation/ABI/testing/sysfs-firmware-ofw}). The order of nodes and properties is lost there, so both come sorted by
 * name; memory reservations are not shown, so there are none.
 */
public final class UnpackedTree {
    /** The kernel adds this file to every node, whether or not the blob had the deprecated property (v0.4, 2.3.11). */
    private static final String KERNELS_NAME = "name";

    private final Path root;
    private final TreeBuilder tree;
    private Path reading;

    private UnpackedTree(Path root) {
        this.root = root;
        this.reading = root;
        this.tree = new TreeBuilder(() -> reading.toString(), Malformed.OF_BLOB);
    }

    /**
     * Reads a tree.
     *
     * @param directory the root node, such as {@code /sys/firmware/devicetree/base}
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION}, with the file and the path of the node
     */
    public static DeviceTree read(Path directory) {
        var reader = new UnpackedTree(directory);
        reader.node(directory, "");
        return new DeviceTree(reader.tree.finish(), List.of(), 0);
    }

    private void node(Path directory, String name) {
        reading = directory;
        tree.begin(name);
        var entries = entries(directory);
        for (var file : entries) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && !file.getFileName().toString().equals(KERNELS_NAME)) {
                reading = file;
                tree.property(file.getFileName().toString(), bytes(file));
            }
        }
        for (var child : entries) {
            // A link could lead out of the tree, or back into it for ever.
            if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                node(child, child.getFileName().toString());
            }
        }
        reading = directory;
        tree.end();
    }

    private List<Path> entries(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.limit(Limits.PROPERTIES).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(directory, e);
        }
    }

    private byte[] bytes(Path file) {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(Limits.BYTES + 1);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private HeapException unreadable(Path file, Exception cause) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, "cannot read " + file + " of the device tree " + root)
                .hint(
                        "Check its permissions; the kernel lets only root read properties whose name begins with security-")
                .cause(cause)
                .build();
    }
}
