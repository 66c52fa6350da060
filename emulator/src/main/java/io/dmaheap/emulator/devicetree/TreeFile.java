package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A device tree in the file system, in whichever form. */
public final class TreeFile {
    private TreeFile() {}

    /**
     * Reads a tree.
     *
     * @param path a directory as Linux unpacks a tree into, a blob, or source whose name ends with {@code .dts}
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if it cannot be read, is none of these, or is malformed; the
     *     message names the place in the file and the node
     */
    public static DeviceTree read(Path path) {
        if (Files.isDirectory(path)) {
            return UnpackedTree.read(path);
        }
        byte[] bytes = bytes(path);
        if (FlattenedTree.isBlob(bytes)) {
            return FlattenedTree.read(bytes, path.toString());
        }
        if (path.toString().endsWith(".dts")) {
            return TreeSource.read(new String(bytes, StandardCharsets.UTF_8), path.toString());
        }
        throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, path + " is no device tree")
                .hint(
                        "Give source named .dts, a blob as dtc makes it, or a directory such as /sys/firmware/devicetree/base")
                .build();
    }

    private static byte[] bytes(Path path) {
        try {
            if (Files.size(path) > Limits.BYTES) {
                throw HeapException.of(
                                ErrorCode.INVALID_CONFIGURATION,
                                path + " is larger than any device tree: above " + Limits.BYTES + " bytes")
                        .hint("Check that this is the right file")
                        .build();
            }
            try (var in = Files.newInputStream(path)) {
                return in.readNBytes(Limits.BYTES);
            }
        } catch (IOException e) {
            throw HeapException.of(ErrorCode.INVALID_CONFIGURATION, "cannot read the device tree " + path)
                    .errno(e instanceof NoSuchFileException ? "ENOENT" : "EIO")
                    .hint("Check the path and its permissions")
                    .cause(e)
                    .build();
        }
    }
}
