package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeFileTests {
    private static final String SOURCE = "/dts-v1/; / { a = \"1\"; b; bus { c = <2>; dev@0 { d = [03]; }; }; };";
    private static final DeviceTree TREE = TreeSource.read(SOURCE, "test");

    @TempDir
    Path directory;

    @Test
    void theThreeFormsGiveTheSameTree() throws IOException {
        var source = Files.writeString(directory.resolve("board.dts"), SOURCE);
        var blob = Files.write(directory.resolve("anything"), FlattenedTree.write(TREE));

        assertThat(TreeFile.read(source)).isEqualTo(TREE);
        assertThat(TreeFile.read(blob)).isEqualTo(TREE);
        assertThat(TreeFile.read(unpack(TREE.root(), directory.resolve("base"))))
                .isEqualTo(TREE);
    }

    @Test
    void theNameThatTheKernelAddsIsNotAProperty() throws IOException {
        var base = unpack(TREE.root(), directory.resolve("base"));
        Files.writeString(base.resolve("name"), "\0");
        Files.writeString(base.resolve("bus/name"), "bus\0");

        assertThat(TreeFile.read(base)).isEqualTo(TREE);
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        var base = unpack(TREE.root(), directory.resolve("base"));
        Files.createSymbolicLink(base.resolve("bus/loop"), base);
        Files.createSymbolicLink(base.resolve("bus/file"), base.resolve("a"));

        assertThat(TreeFile.read(base)).isEqualTo(TREE);
    }

    @Test
    void aFileWithANameThatNoPropertyHasIsNamed() throws IOException {
        var base = unpack(TREE.root(), directory.resolve("base"));
        Files.writeString(base.resolve("bus/no name"), "");

        assertThatThrownBy(() -> TreeFile.read(base))
                .isInstanceOf(HeapException.class)
                .hasMessageStartingWith(base.resolve("bus/no name") + ", node /bus: a property name");
    }

    @Test
    void aFileLargerThanAnyTreeIsNotReadToItsEnd() throws IOException {
        var base = unpack(TREE.root(), directory.resolve("base"));
        try (var file =
                Files.newByteChannel(base.resolve("huge"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.position(1L << 40).write(ByteBuffer.allocate(1));
        }

        assertThatThrownBy(() -> TreeFile.read(base)).hasMessageContaining("more than 4194304 bytes of values");
        assertThatThrownBy(() -> TreeFile.read(base.resolve("huge")))
                .hasMessageContaining("larger than any device tree");
    }

    @Test
    void whatIsNoTreeIsRefused() throws IOException {
        var text = Files.writeString(directory.resolve("board.txt"), SOURCE);

        assertThatThrownBy(() -> TreeFile.read(text)).hasMessageContaining("is no device tree");
        assertThatThrownBy(() -> TreeFile.read(directory.resolve("absent.dtb")))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.errno()).contains("ENOENT"));
    }

    @Test
    void whatIsWrongInAFileIsSaidWithItsName() throws IOException {
        var cut = Files.write(directory.resolve("cut.dtb"), new byte[] {(byte) 0xd0, 0x0d, (byte) 0xfe, (byte) 0xed});

        assertThatThrownBy(() -> TreeFile.read(cut))
                .hasMessageStartingWith(cut + ": offset 0x4, node /: the blob ends");
    }

    /** What the kernel does under /sys/firmware/devicetree. */
    private static Path unpack(Node node, Path directory) throws IOException {
        Files.createDirectory(directory);
        for (var property : node.properties()) {
            Files.write(directory.resolve(property.name()), property.bytes());
        }
        for (var child : node.children()) {
            unpack(child, directory.resolve(child.name()));
        }
        return directory;
    }
}
