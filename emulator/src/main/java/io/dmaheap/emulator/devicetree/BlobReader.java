package io.dmaheap.emulator.devicetree;

import io.dmaheap.HeapException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Walks through a blob once. No offset is used before it was compared with the end of its block. */
final class BlobReader {
    private final byte[] blob;
    private final ByteBuffer numbers;
    private final String source;
    private final BlobHeader header;
    private final TreeBuilder tree;
    /** By offset, so that a name used a thousand times is kept once. */
    private final Map<Integer, String> names = new HashMap<>();

    private int position;
    private int token;

    BlobReader(byte[] blob, String source) {
        this.blob = blob;
        this.numbers = ByteBuffer.wrap(blob);
        this.source = source;
        this.header = BlobHeader.read(blob, source);
        this.tree = new TreeBuilder(() -> "%s: offset 0x%x".formatted(source, token), Malformed.OF_BLOB);
    }

    DeviceTree read() {
        return new DeviceTree(structure(), reservations(), header.bootCpu());
    }

    private Node structure() {
        position = header.structure();
        while (true) {
            token = position;
            int kind = next();
            switch (kind) {
                case FlattenedTree.BEGIN_NODE -> tree.begin(nodeName());
                case FlattenedTree.END_NODE -> tree.end();
                case FlattenedTree.PROP -> property();
                case FlattenedTree.NOP -> {}
                case FlattenedTree.END -> {
                    return tree.finish();
                }
                default -> throw tree.malformed("0x%08x is no token".formatted(kind));
            }
        }
    }

    private String nodeName() {
        String name = string(position, header.structureEnd(), "node name");
        position = FlattenedTree.align(position + name.length() + 1);
        return name;
    }

    private void property() {
        int length = next();
        int name = next();
        if (length < 0 || length > header.structureEnd() - position) {
            throw tree.malformed(
                    "a property of %s bytes leaves the structure block".formatted(Integer.toUnsignedString(length)));
        }
        if (name < 0 || name >= header.stringsEnd() - header.strings()) {
            throw tree.malformed(
                    "a property name at %s leaves the strings block".formatted(Integer.toUnsignedString(name)));
        }
        tree.property(
                names.computeIfAbsent(name, n -> string(header.strings() + n, header.stringsEnd(), "property name")),
                Arrays.copyOfRange(blob, position, position + length));
        position = FlattenedTree.align(position + length);
    }

    private int next() {
        if (header.structureEnd() - position < Integer.BYTES) {
            throw tree.malformed("the structure block ends without an end token");
        }
        int number = numbers.getInt(position);
        position += Integer.BYTES;
        return number;
    }

    /** Looks no further than the longest name, or else many long names would cost the square of their length. */
    private String string(int from, int end, String what) {
        int last = Math.min(end, from + Limits.NAME + 1);
        for (int i = from; i < last; i++) {
            if (blob[i] == 0) {
                return new String(blob, from, i - from, StandardCharsets.ISO_8859_1);
            }
        }
        throw tree.malformed("a " + what + " has no end within " + (last - from) + " bytes");
    }

    /** The memory reservation block (v0.4, 5.3): pairs of address and size up to a pair of zeros. */
    private List<AddressRange> reservations() {
        var reservations = new ArrayList<AddressRange>();
        for (int at = header.reservations(); ; at += 2 * Long.BYTES) {
            if (header.total() - at < 2 * Long.BYTES) {
                throw malformed(at, "the memory reservation block has no end");
            }
            long base = numbers.getLong(at);
            long size = numbers.getLong(at + Long.BYTES);
            if (base == 0 && size == 0) {
                return reservations;
            }
            if (!AddressRange.isValid(base, size)) {
                throw malformed(at, "a reservation leaves the address space: 0x%x bytes at 0x%x".formatted(size, base));
            }
            if (reservations.size() == Limits.RESERVATIONS) {
                throw malformed(at, "more than " + Limits.RESERVATIONS + " memory reservations");
            }
            reservations.add(new AddressRange(base, size));
        }
    }

    private HeapException malformed(int offset, String what) {
        return Malformed.tree("%s: offset 0x%x".formatted(source, offset), "/", what, Malformed.OF_BLOB);
    }
}
