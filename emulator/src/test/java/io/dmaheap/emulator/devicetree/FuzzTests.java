package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.emulator.board.Board;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** The timeouts are far above what the tests need: they end a reader that hangs. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTests {
    /** A bit of everything that a board is made of, and small, so that faults hit something that matters. */
    private static final String SOURCE = """
            /dts-v1/;
            /memreserve/ 0x1000 0x1000;
            / {
                #address-cells = <1>; #size-cells = <1>;
                memory@0 { device_type = "memory"; reg = <0x400000 0x1000000>; };
                reserved-memory {
                    #address-cells = <1>; #size-cells = <1>; ranges;
                    a: pool@800000 { compatible = "shared-dma-pool"; reusable; reg = <0x800000 0x200000>; };
                    b: free { compatible = "shared-dma-pool"; size = <0x1000>; alloc-ranges = <0 0x800000>; };
                    c: sdp@a00000 { compatible = "linaro,secure-heap"; no-map; reg = <0xa00000 0x1000>; };
                };
                tee { compatible = "linaro,optee-tz"; method = "smc"; memory-region = <&c>; };
                bus {
                    dma-ranges = <0 0 0 0 0x1000000>;
                    dev { memory-region = <&a &b>; memory-region-names = "x", "y"; dmaheap,dma-bits = <32>; };
                };
            };
            """;

    private static final byte[] BLOB = FlattenedTree.write(TreeSource.read(SOURCE, "fuzz"));

    @Test
    void aDamagedBlobIsReadOrRefused(TestReporter reporter) {
        var campaign = Campaign.of(100_000);
        reporter.publishEntry(campaign.repeat());

        assertThat(campaign.run(mutations -> mutations.ofBlob(BLOB), FuzzTests::readBlob))
                .as(campaign.repeat())
                .isEmpty();
    }

    @Test
    void aDamagedSourceIsReadOrRefused(TestReporter reporter) {
        var campaign = Campaign.of(20_000);
        reporter.publishEntry(campaign.repeat());

        assertThat(campaign.run(mutations -> mutations.ofSource(SOURCE), FuzzTests::readSource))
                .as(campaign.repeat())
                .isEmpty();
    }

    @Test
    void aReaderThatTrustsItsInputIsFoundOut() {
        assertThat(new CarelessReader(BLOB).read()).isEqualTo(propertiesOf(FlattenedTree.read(BLOB, "fuzz")));

        var campaign = new Campaign(1, 1000);
        var escape = campaign.run(mutations -> mutations.ofBlob(BLOB), blob -> new CarelessReader(blob).read());

        assertThat(escape).isPresent();
        assertThat(campaign.run(mutations -> mutations.ofBlob(BLOB), blob -> new CarelessReader(blob).read())
                        .map(Campaign.Escape::input))
                .as("the same seed gives the same inputs")
                .isEqualTo(escape.map(Campaign.Escape::input));
    }

    @Test
    void aReaderThatKeepsMoreThanItWasGivenIsFoundOut() {
        var escape = new Campaign(1, 1).run(mutations -> BLOB, blob -> bounded(Blobs.TREE, 0));

        assertThat(escape).isPresent();
    }

    private static void readBlob(byte[] blob) {
        var tree = FlattenedTree.read(blob, "fuzz");
        bounded(tree, blob.length);
        assertThat(FlattenedTree.read(FlattenedTree.write(tree), "written")).isEqualTo(tree);
        Board.of(tree);
    }

    private static void readSource(String source) {
        var tree = TreeSource.read(source, "fuzz");
        assertThat(FlattenedTree.read(FlattenedTree.write(tree), "written")).isEqualTo(tree);
        Board.of(tree);
    }

    /** Every node and property costs bytes of the blob, so a tree cannot outgrow it. */
    private static void bounded(DeviceTree tree, int bytes) {
        assertThat(tree.nodes().size() + propertiesOf(tree)).isLessThanOrEqualTo(bytes / 8);
        assertThat(tree.nodes().stream()
                        .map(Node::properties)
                        .flatMap(List::stream)
                        .mapToLong(Property::size)
                        .sum())
                .isLessThanOrEqualTo(bytes);
    }

    private static int propertiesOf(DeviceTree tree) {
        return tree.nodes().stream().mapToInt(node -> node.properties().size()).sum();
    }
}
