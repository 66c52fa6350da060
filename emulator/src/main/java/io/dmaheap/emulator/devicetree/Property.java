package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A named value of a node. The tree keeps bytes only; what they mean depends on the name, so the reader of a property picks the view
 * (Devicetree Specification v0.4, 2.2.4). A view that does not fit throws {@link ErrorCode#INVALID_CONFIGURATION}.
 */
public final class Property {
    private final String node;
    private final String name;
    private final byte[] value;

    /**
     * A property.
     *
     * @param node the path of its node
     * @param name its name
     * @param value its bytes; empty for a property that is true by being there
     */
    public Property(String node, String name, byte[] value) {
        this.node = node;
        this.name = name;
        this.value = value.clone();
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The bytes. */
    public byte[] bytes() {
        return value.clone();
    }

    /** The number of bytes. */
    public int size() {
        return value.length;
    }

    /** One 32-bit number, as its bits. */
    public int u32() {
        if (value.length != Integer.BYTES) {
            throw mismatch("is not one cell");
        }
        return ByteBuffer.wrap(value).getInt();
    }

    /** A number of one or two cells, as sizes and alignments are. */
    public long number() {
        if (value.length == Long.BYTES) {
            return ByteBuffer.wrap(value).getLong();
        }
        return Integer.toUnsignedLong(u32());
    }

    /** 32-bit cells, as their bits. */
    public int[] cells() {
        if (value.length % Integer.BYTES != 0) {
            throw mismatch("is not made of cells");
        }
        int[] cells = new int[value.length / Integer.BYTES];
        ByteBuffer.wrap(value).asIntBuffer().get(cells);
        return cells;
    }

    /**
     * Numbers of {@code widths} cells each, over and over, in rows of one number per width. Widths are 0 to 3; of three, which only
     * PCI has, the first cell is flags and left out (IEEE 1275 PCI bus binding, 2.2.1.1).
     */
    public List<long[]> rows(int... widths) {
        int cells = Arrays.stream(widths).sum();
        if (Arrays.stream(widths).anyMatch(width -> width < 0 || width > 3)) {
            throw mismatch("holds numbers of " + Arrays.toString(widths) + " cells; only 0 to 3 are understood");
        }
        if (cells == 0 || value.length % (cells * Integer.BYTES) != 0) {
            throw mismatch("is not made of groups of " + cells + " cells");
        }
        var buffer = ByteBuffer.wrap(value);
        var rows = new ArrayList<long[]>();
        while (buffer.hasRemaining()) {
            rows.add(Arrays.stream(widths)
                    .mapToLong(width -> switch (width) {
                        case 0 -> 0;
                        case 1 -> Integer.toUnsignedLong(buffer.getInt());
                        case 2 -> buffer.getLong();
                        default ->
                            buffer.position(buffer.position() + Integer.BYTES).getLong();
                    })
                    .toArray());
        }
        return rows;
    }

    /** Pairs of address and size, as in {@code reg}. */
    public List<AddressRange> ranges(Cells cells) {
        return rows(cells.address(), cells.size()).stream()
                .map(row -> range(row[0], row[1]))
                .toList();
    }

    /** A range, if the two numbers make one. */
    public AddressRange range(long base, long size) {
        if (!AddressRange.isValid(base, size)) {
            throw mismatch("leaves the address space: 0x%x bytes at 0x%x".formatted(size, base));
        }
        return new AddressRange(base, size);
    }

    /** One string. */
    public String text() {
        var strings = strings();
        if (strings.size() != 1) {
            throw mismatch("is not one string");
        }
        return strings.getFirst();
    }

    /** Strings, each ended by a zero byte. */
    public List<String> strings() {
        if (value.length == 0 || value[value.length - 1] != 0) {
            throw mismatch("does not end like a string");
        }
        for (byte b : value) {
            if (b != 0 && (b < ' ' || b > '~')) {
                throw mismatch("has a byte that is no printable character");
            }
        }
        var text = new String(value, 0, value.length - 1, StandardCharsets.US_ASCII);
        return List.of(text.split("\0", -1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Property that
                && node.equals(that.node)
                && name.equals(that.name)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(value);
    }

    /** The name and the bytes in hexadecimal, as source would say it. */
    @Override
    public String toString() {
        return value.length == 0 ? name : name + " = [" + HexFormat.of().formatHex(value) + "]";
    }

    private HeapException mismatch(String what) {
        return HeapException.of(
                        ErrorCode.INVALID_CONFIGURATION,
                        "node %s, property %s: the value of %d bytes %s".formatted(node, name, value.length, what))
                .hint("Compare with the binding of this node, and with #address-cells and #size-cells of its parent")
                .build();
    }
}
