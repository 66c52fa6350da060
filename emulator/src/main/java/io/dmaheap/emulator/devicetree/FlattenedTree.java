package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.nio.ByteBuffer;

/**
 * The flattened form of a device tree: what firmware hands to a kernel, and {@code dtc} makes (Devicetree Specification v0.4,
 * chapter 5). All numbers are big endian.
 */
public final class FlattenedTree {
    static final int MAGIC = 0xd00dfeed;

    /** The version written; the reader also takes 16, which lacks the size of the structure block. */
    static final int VERSION = 17;

    static final int OLDEST_VERSION = 16;

    /** Tokens of the structure block (5.4.1). */
    static final int BEGIN_NODE = 1;

    static final int END_NODE = 2;
    static final int PROP = 3;
    static final int NOP = 4;
    static final int END = 9;

    private FlattenedTree() {}

    /** Whether the bytes begin like a blob. */
    public static boolean isBlob(byte[] bytes) {
        return bytes.length >= Integer.BYTES && ByteBuffer.wrap(bytes).getInt() == MAGIC;
    }

    /**
     * Reads a blob. Bytes after its total size are not looked at, as firmware often leaves it room to grow.
     *
     * @param blob the bytes
     * @param source the name of the blob in messages
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION}, with the byte offset and the path of the node, if anything in
     *     the blob is not as the specification wants it, or exceeds the limits
     */
    public static DeviceTree read(byte[] blob, String source) {
        return new BlobReader(blob, source).read();
    }

    /** Makes a blob of version 17. Reading it gives an equal tree. */
    public static byte[] write(DeviceTree tree) {
        return new BlobWriter().write(tree);
    }

    /** The first offset at or after {@code offset} where a token may stand. */
    static int align(int offset) {
        return Math.addExact(offset, Integer.BYTES - 1) & -Integer.BYTES;
    }
}
