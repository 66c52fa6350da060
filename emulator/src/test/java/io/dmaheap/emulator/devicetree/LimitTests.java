package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each limit, in the form that costs an attacker the fewest bytes. */
class LimitTests {
    private static final int HEADER = 40;
    private static final int NO_RESERVATIONS = 16;

    @Test
    void nestingIsBoundedInABlob() {
        assertThatCode(() -> FlattenedTree.read(nested(Limits.DEPTH), "deep")).doesNotThrowAnyException();
        assertThatThrownBy(() -> FlattenedTree.read(nested(Limits.DEPTH + 1), "deep"))
                .hasMessageContaining("more than 64 levels of nodes");
        assertThatThrownBy(() -> FlattenedTree.read(nested(100_000), "deep"))
                .hasMessageContaining("more than 64 levels of nodes");
    }

    @Test
    void nestingIsBoundedInASource() {
        assertThatThrownBy(() -> TreeSource.read("/dts-v1/; / {" + "a {".repeat(100_000), "deep"))
                .hasMessageContaining("more than 64 levels of nodes");
    }

    @Test
    void nodesAreBounded() {
        assertThatThrownBy(() -> FlattenedTree.read(
                        blob(structure -> {
                            begin(structure, "");
                            for (int i = 0; i < Limits.NODES; i++) {
                                begin(structure, Integer.toString(i));
                                structure.putInt(FlattenedTree.END_NODE);
                            }
                        }),
                        "wide"))
                .hasMessageContaining("more than 16384 nodes");
    }

    @Test
    void propertiesAreBounded() {
        String flags = IntStream.rangeClosed(0, Limits.PROPERTIES)
                .mapToObj(i -> "p" + i + ";")
                .collect(Collectors.joining());

        assertThatThrownBy(() -> TreeSource.read("/dts-v1/; / {" + flags + "};", "wide"))
                .hasMessageContaining("more than 131072 properties");
    }

    @Test
    void namesThatShareTheirBytesStayShort() {
        assertThatThrownBy(() -> FlattenedTree.read(
                        blob(structure -> {
                            begin(structure, "");
                            begin(structure, "n".repeat(1_000_000));
                        }),
                        "long"))
                .hasMessageContaining("a node name has no end within 256 bytes");
    }

    @Test
    void pathsAreBounded() {
        String name = "n".repeat(Limits.NAME);
        String source = "/dts-v1/; / { " + (name + " { ").repeat(5) + "}; ".repeat(5) + "};";

        assertThatThrownBy(() -> TreeSource.read(source, "long"))
                .hasMessageContaining("more than 1024 characters in a path");
    }

    @Test
    void aShortReferenceToALongPathCannotMultiply() {
        String deep = "d".repeat(200);
        String source = "/dts-v1/; / { p = &l" + ", &l".repeat(100_000) + "; " + deep + " { " + deep + " { l: " + deep
                + " { }; }; }; };";

        assertThatThrownBy(() -> TreeSource.read(source, "long")).hasMessageContaining("the value is longer than");
    }

    @Test
    void reservationsAreBounded() {
        String source = "/dts-v1/; " + "/memreserve/ 0 1; ".repeat(Limits.RESERVATIONS + 1) + "/ { };";

        assertThatThrownBy(() -> TreeSource.read(source, "many"))
                .hasMessageContaining("more than 1024 memory reservations");
    }

    @Test
    void theSizeIsBounded() {
        var blob = ByteBuffer.allocate(Limits.BYTES + 1);
        blob.putInt(FlattenedTree.MAGIC).putInt(blob.capacity());

        assertThatThrownBy(() -> FlattenedTree.read(blob.array(), "big"))
                .hasMessageContaining("larger than 4194304 bytes");
        assertThatThrownBy(() -> TreeSource.read(" ".repeat(Limits.BYTES + 1), "big"))
                .hasMessageContaining("longer than 4194304 characters");
    }

    private static byte[] nested(int depth) {
        return blob(structure -> {
            begin(structure, "");
            for (int i = 1; i < depth; i++) {
                begin(structure, "a");
            }
            for (int i = 0; i < depth; i++) {
                structure.putInt(FlattenedTree.END_NODE);
            }
            structure.putInt(FlattenedTree.END);
        });
    }

    private static void begin(ByteBuffer structure, String name) {
        structure.putInt(FlattenedTree.BEGIN_NODE);
        for (int i = 0; i < FlattenedTree.align(name.length() + 1); i++) {
            structure.put((byte) (i < name.length() ? name.charAt(i) : 0));
        }
    }

    private static byte[] blob(Consumer<ByteBuffer> write) {
        var structure = ByteBuffer.allocate(Limits.BYTES - 1000);
        write.accept(structure);
        int size = structure.position();
        int at = HEADER + NO_RESERVATIONS;
        return ByteBuffer.allocate(at + size)
                .putInt(FlattenedTree.MAGIC)
                .putInt(at + size)
                .putInt(at)
                .putInt(at + size)
                .putInt(HEADER)
                .putInt(17)
                .putInt(16)
                .putInt(0)
                .putInt(0)
                .putInt(size)
                .putLong(0)
                .putLong(0)
                .put(structure.array(), 0, size)
                .array();
    }
}
