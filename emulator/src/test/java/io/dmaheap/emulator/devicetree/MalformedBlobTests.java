package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedBlobTests {

    static Stream<Arguments> overwrittenNumbers() {
        return Stream.of(
                Arguments.of(0, 0xedfe0dd0, "offset 0x0, node /: the magic number is 0xedfe0dd0"),
                Arguments.of(Blobs.TOTAL, 1 << 20, "offset 0x4, node /: the total size is 1048576 bytes"),
                Arguments.of(Blobs.TOTAL, -1, "offset 0x4, node /: the total size is 4294967295 bytes"),
                Arguments.of(Blobs.TOTAL, 39, "offset 0x4, node /: the total size is 39 bytes"),
                Arguments.of(Blobs.VERSION, 15, "offset 0x14, node /: version 15 is too old"),
                Arguments.of(Blobs.LAST_COMPATIBLE, 18, "offset 0x18, node /: the blob cannot be read as version 17"),
                Arguments.of(Blobs.STRUCTURE, 0x7fffff00, "offset 0x8, node /: a block begins at 2147483392"),
                Arguments.of(Blobs.STRUCTURE, 36, "offset 0x8, node /: a block begins at 36, outside"),
                Arguments.of(Blobs.STRUCTURE, Blobs.ROOT + 2, "offset 0x8, node /: a block begins at 74, which is no"),
                Arguments.of(Blobs.STRUCTURE_SIZE, 0x7ffffff0, "offset 0x24, node /: a block of 2147483632 bytes"),
                Arguments.of(Blobs.STRUCTURE_SIZE, Blobs.NAMES + 4 - Blobs.ROOT, "offset 0x8, node /: the structure"),
                Arguments.of(Blobs.STRINGS, -4, "offset 0xc, node /: a block begins at 4294967292"),
                Arguments.of(Blobs.STRINGS_SIZE, 5, "offset 0x20, node /: a block of 5 bytes"),
                Arguments.of(Blobs.RESERVATIONS, 0x2c, "offset 0x10, node /: a block begins at 44, which is no"),
                Arguments.of(
                        Blobs.FIRST_RESERVATION, -1, "offset 0x28, node /: a reservation leaves the address space"),
                Arguments.of(Blobs.ROOT, 7, "offset 0x48, node /: 0x00000007 is no token"),
                Arguments.of(Blobs.ROOT, 2, "offset 0x48, node /: a node ends that never began"),
                Arguments.of(Blobs.ROOT, 9, "offset 0x48, node /: the tree has no root node"),
                Arguments.of(Blobs.ROOT + 4, 0x61000000, "offset 0x48, node /: the root node has a name"),
                Arguments.of(Blobs.P + 4, 1000, "offset 0x50, node /: a property of 1000 bytes leaves"),
                Arguments.of(Blobs.P + 4, -1, "offset 0x50, node /: a property of 4294967295 bytes leaves"),
                Arguments.of(Blobs.P + 8, 4, "offset 0x50, node /: a property name at 4 leaves the strings block"),
                Arguments.of(Blobs.P + 8, 1, "offset 0x50, node /: a property name is empty"),
                Arguments.of(Blobs.SOC + 4, 0, "offset 0x60, node /: a node name is empty"),
                Arguments.of(Blobs.SOC + 4, 0x1b5b306d, "offset 0x60, node /: a node name"),
                Arguments.of(Blobs.Q + 4, 0x40, "offset 0x68, node /soc: a property of 64 bytes leaves"),
                Arguments.of(Blobs.Q + 8, 0x7fffffff, "offset 0x68, node /soc: a property name at 2147483647"),
                Arguments.of(Blobs.END_SOC, 9, "offset 0x74, node /soc: the tree ends inside this node"),
                Arguments.of(Blobs.END_SOC, 1, "offset 0x74, node /soc: a node name"),
                Arguments.of(Blobs.END, 1, "offset 0x7c, node /: a node name has no end within 0 bytes"),
                Arguments.of(Blobs.END, 4, "offset 0x80, node /: the structure block ends without an end token"));
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("overwrittenNumbers")
    void aWrongNumberIsNamedWithItsPlace(int offset, int number, String message) {
        byte[] blob = Blobs.with(offset, number);

        assertThatThrownBy(() -> FlattenedTree.read(blob, "board.dtb"))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageStartingWith("board.dtb: " + message);
    }

    @Test
    void aBlobCutOffAnywhereIsRefused() {
        byte[] blob = Blobs.blob();

        assertThat(IntStream.range(0, blob.length))
                .allSatisfy(length -> assertThat(
                                catchThrowable(() -> FlattenedTree.read(Arrays.copyOf(blob, length), "cut")))
                        .isInstanceOf(HeapException.class));
    }

    @Test
    void aBlobCutOffButWithAMatchingSizeIsRefusedToo() {
        byte[] blob = Blobs.blob();

        assertThat(IntStream.range(40, blob.length)).allSatisfy(length -> {
            byte[] cut = Arrays.copyOf(blob, length);
            ByteBuffer.wrap(cut).putInt(Blobs.TOTAL, length);
            assertThat(catchThrowable(() -> FlattenedTree.read(cut, "cut"))).isInstanceOf(HeapException.class);
        });
    }

    @Test
    void reservationsWithoutAnEndAreRefused() {
        byte[] blob = Blobs.blob();
        ByteBuffer.wrap(blob).putInt(Blobs.RESERVATIONS, Blobs.NAMES);

        assertThatThrownBy(() -> FlattenedTree.read(blob, "board.dtb"))
                .hasMessageContaining("offset 0x80, node /: the memory reservation block has no end");
    }

    @Test
    void twoNodesOrPropertiesOfOneNameAreRefused() {
        byte[] sameProperty = Blobs.with(Blobs.SOC, FlattenedTree.PROP);
        ByteBuffer.wrap(sameProperty).putInt(Blobs.SOC + 4, 0).putInt(Blobs.SOC + 8, 0);

        assertThatThrownBy(() -> FlattenedTree.read(sameProperty, "board.dtb"))
                .hasMessageContaining("offset 0x60, node /: two properties are called p");
    }

    @Test
    void aPropertyAfterANodeIsRefused() {
        byte[] blob = Blobs.blob();
        // Exchanges the end of /soc with its property.
        ByteBuffer.wrap(blob)
                .putInt(Blobs.Q, FlattenedTree.END_NODE)
                .putInt(Blobs.Q + 4, FlattenedTree.PROP)
                .putInt(Blobs.Q + 8, 0)
                .putInt(Blobs.END_SOC, 2);

        assertThatThrownBy(() -> FlattenedTree.read(blob, "board.dtb"))
                .hasMessageContaining("offset 0x6c, node /: property q comes after a node");
    }
}
