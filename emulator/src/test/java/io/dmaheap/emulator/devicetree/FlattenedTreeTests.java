package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlattenedTreeTests {

    @Test
    void whatWasWrittenIsReadBack() {
        assertThat(FlattenedTree.read(Blobs.blob(), "test")).isEqualTo(Blobs.TREE);
    }

    @Test
    void theBlobIsTheOneThatTheSpecificationDescribes() {
        var blob = ByteBuffer.wrap(Blobs.blob());

        assertThat(blob.getInt(0)).isEqualTo(0xd00dfeed);
        assertThat(blob.getInt(Blobs.TOTAL)).isEqualTo(blob.capacity());
        assertThat(blob.getInt(Blobs.VERSION)).isEqualTo(17);
        assertThat(blob.getInt(Blobs.LAST_COMPATIBLE)).isEqualTo(16);
        assertThat(blob.getLong(Blobs.FIRST_RESERVATION)).isEqualTo(0x1000);
        assertThat(blob.getInt(Blobs.ROOT)).isEqualTo(1);
        assertThat(blob.getInt(Blobs.P)).isEqualTo(3);
        assertThat(blob.getInt(Blobs.END_SOC)).isEqualTo(2);
        assertThat(blob.getInt(Blobs.END)).isEqualTo(9);
    }

    @Test
    void theOrderOfNodesAndPropertiesIsKept() {
        var tree = TreeSource.read("/dts-v1/; / { z; a; z1 { }; a1 { z; y; }; };", "test");

        assertThat(FlattenedTree.read(FlattenedTree.write(tree), "test")).isEqualTo(tree);
        assertThat(tree.nodes()).extracting(Node::path).containsExactly("/", "/z1", "/a1");
    }

    @Test
    void noOperationTokensAreSkipped() {
        byte[] blob = Blobs.blob();
        Arrays.fill(blob, Blobs.Q, Blobs.END_SOC, (byte) 0);
        for (int token = Blobs.Q; token < Blobs.END_SOC; token += 4) {
            blob[token + 3] = FlattenedTree.NOP;
        }

        var soc = FlattenedTree.read(blob, "test").find("/soc").orElseThrow();

        assertThat(soc.properties()).isEmpty();
    }

    @Test
    void version16HasNoSizeOfItsStructureBlock() {
        byte[] blob = Blobs.with(Blobs.VERSION, 16);
        ByteBuffer.wrap(blob).putInt(Blobs.STRUCTURE_SIZE, -1);

        assertThat(FlattenedTree.read(blob, "test")).isEqualTo(Blobs.TREE);
    }

    @Test
    void aNewerVersionIsReadIfItSaysThatItCanBe() {
        assertThat(FlattenedTree.read(Blobs.with(Blobs.VERSION, 99), "test")).isEqualTo(Blobs.TREE);
    }

    @Test
    void roomAfterTheBlobIsNotLookedAt() {
        byte[] blob = Arrays.copyOf(Blobs.blob(), 4096);
        Arrays.fill(blob, ByteBuffer.wrap(blob).getInt(Blobs.TOTAL), blob.length, (byte) 0xff);

        assertThat(FlattenedTree.read(blob, "test")).isEqualTo(Blobs.TREE);
    }

    @Test
    void thePhysicalIdOfTheBootCpuIsKept() {
        var tree = new DeviceTree(Blobs.TREE.root(), List.of(), 3);

        assertThat(FlattenedTree.read(FlattenedTree.write(tree), "test").bootCpu())
                .isEqualTo(3);
    }
}
