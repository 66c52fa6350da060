package io.dmaheap.emulator.devicetree;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes one tree: header, reservations, structure, strings, in the order that the specification gives (v0.4, figure 5.1). */
final class BlobWriter {
    private static final int HEADER = 40;

    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> names = new HashMap<>();

    byte[] write(DeviceTree tree) {
        node(tree.root());
        number(FlattenedTree.END);

        int reservations = HEADER;
        int structureAt = reservations + (tree.reservations().size() + 1) * 2 * Long.BYTES;
        int stringsAt = structureAt + structure.size();
        int total = stringsAt + strings.size();
        var blob = ByteBuffer.allocate(total)
                .putInt(FlattenedTree.MAGIC)
                .putInt(total)
                .putInt(structureAt)
                .putInt(stringsAt)
                .putInt(reservations)
                .putInt(FlattenedTree.VERSION)
                .putInt(FlattenedTree.OLDEST_VERSION)
                .putInt(tree.bootCpu())
                .putInt(strings.size())
                .putInt(structure.size());
        for (var reservation : tree.reservations()) {
            blob.putLong(reservation.base()).putLong(reservation.size());
        }
        return blob.putLong(0)
                .putLong(0)
                .put(structure.toByteArray())
                .put(strings.toByteArray())
                .array();
    }

    private void node(Node node) {
        number(FlattenedTree.BEGIN_NODE);
        bytes((node.name() + '\0').getBytes(StandardCharsets.US_ASCII));
        for (var property : node.properties()) {
            number(FlattenedTree.PROP);
            number(property.size());
            number(names.computeIfAbsent(property.name(), this::addString));
            bytes(property.bytes());
        }
        node.children().forEach(this::node);
        number(FlattenedTree.END_NODE);
    }

    private int addString(String name) {
        int at = strings.size();
        strings.writeBytes((name + '\0').getBytes(StandardCharsets.US_ASCII));
        return at;
    }

    private void number(int value) {
        structure.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private void bytes(byte[] value) {
        structure.writeBytes(value);
        structure.writeBytes(new byte[FlattenedTree.align(value.length) - value.length]);
    }
}
