package io.dmaheap.emulator.devicetree;

import io.dmaheap.HeapException;
import java.nio.ByteBuffer;

/**
 * The header of a blob (Devicetree Specification v0.4, 5.2), checked: every block that it names lies within the blob, and reading
 * can rely on that.
 *
 * @param total bytes of the blob
 * @param structure offset of the structure block
 * @param structureEnd offset after it
 * @param strings offset of the strings block
 * @param stringsEnd offset after it
 * @param reservations offset of the memory reservation block
 * @param bootCpu the physical id of the CPU that starts
 */
record BlobHeader(
        int total, int structure, int structureEnd, int strings, int stringsEnd, int reservations, int bootCpu) {
    private static final int TOTAL = 4;
    private static final int STRUCTURE = 8;
    private static final int STRINGS = 12;
    private static final int RESERVATIONS = 16;
    private static final int FIRMWARE_VERSION = 20;
    private static final int LAST_COMPATIBLE = 24;
    private static final int BOOT_CPU = 28;
    private static final int STRINGS_SIZE = 32;
    private static final int STRUCTURE_SIZE = 36;
    private static final int BYTES = 40;

    static BlobHeader read(byte[] bytes, String source) {
        return new Fields(bytes, source).read();
    }

    private record Fields(byte[] bytes, String source) {

        BlobHeader read() {
            if (bytes.length < BYTES) {
                throw malformed(bytes.length, "the blob ends inside the header");
            }
            if (u32(0) != FlattenedTree.MAGIC) {
                throw malformed(0, "the magic number is 0x%08x, not 0xd00dfeed".formatted(u32(0)));
            }
            int total = u32(TOTAL);
            if (total < BYTES || total > bytes.length) {
                throw malformed(
                        TOTAL,
                        "the total size is %s bytes, but there are %d"
                                .formatted(Integer.toUnsignedString(total), bytes.length));
            }
            if (total > Limits.BYTES) {
                throw malformed(TOTAL, "the blob is larger than " + Limits.BYTES + " bytes");
            }
            int version = u32(FIRMWARE_VERSION);
            if (version < FlattenedTree.OLDEST_VERSION) {
                throw malformed(FIRMWARE_VERSION, "version " + version + " is too old");
            }
            if (u32(LAST_COMPATIBLE) > FlattenedTree.VERSION || u32(LAST_COMPATIBLE) < 0) {
                throw malformed(LAST_COMPATIBLE, "the blob cannot be read as version " + FlattenedTree.VERSION);
            }
            // The size of the structure block is the last field of the header, and version 16 ends before it.
            return blocks(total, version == FlattenedTree.OLDEST_VERSION ? STRUCTURE_SIZE : BYTES);
        }

        private BlobHeader blocks(int total, int header) {
            int strings = offset(STRINGS, 1, header, total);
            int stringsEnd = end(STRINGS_SIZE, strings, total);
            int structure = offset(STRUCTURE, Integer.BYTES, header, total);
            int structureEnd =
                    header == BYTES ? end(STRUCTURE_SIZE, structure, total) : structure < strings ? strings : total;
            if (structure < stringsEnd && strings < structureEnd) {
                throw malformed(STRUCTURE, "the structure block and the strings block overlap");
            }
            return new BlobHeader(
                    total,
                    structure,
                    structureEnd,
                    strings,
                    stringsEnd,
                    offset(RESERVATIONS, Long.BYTES, header, total),
                    u32(BOOT_CPU));
        }

        private int offset(int field, int alignment, int header, int total) {
            int offset = u32(field);
            if (offset < header || offset > total) {
                throw malformed(
                        field, "a block begins at %s, outside of the blob".formatted(Integer.toUnsignedString(offset)));
            }
            if (offset % alignment != 0) {
                throw malformed(field, "a block begins at %d, which is no multiple of %d".formatted(offset, alignment));
            }
            return offset;
        }

        private int end(int field, int offset, int total) {
            int size = u32(field);
            if (size < 0 || size > total - offset) {
                throw malformed(
                        field,
                        "a block of %s bytes at %d leaves the blob".formatted(Integer.toUnsignedString(size), offset));
            }
            return offset + size;
        }

        private int u32(int offset) {
            return ByteBuffer.wrap(bytes).getInt(offset);
        }

        private HeapException malformed(int offset, String what) {
            return Malformed.tree("%s: offset 0x%x".formatted(source, offset), "/", what, Malformed.OF_BLOB);
        }
    }
}
