package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.List;
import java.util.OptionalInt;

/** Reads one device. */
final class DeviceReader {
    static final String MASTER = "dmaheap,master";

    private static final String DMA_BITS = "dmaheap,dma-bits";
    private static final String MAX_SEGMENTS = "dmaheap,max-segments";
    private static final String MAX_SEGMENT_SIZE = "dmaheap,max-segment-size";
    private static final String ENDPOINT = "dmaheap,endpoint";
    private static final int MAX_ENDPOINT = 0xffff;

    private final RegionReferences references;
    private final Findings findings;

    DeviceReader(RegionReferences references, Findings findings) {
        this.references = references;
        this.findings = findings;
    }

    Device read(Node node, List<AddressRange> windows) {
        return new Device(
                node.property(MASTER).map(Property::text).orElse(node.name()),
                node.path(),
                node.compatible(),
                new DmaLimits(
                        number(node, DMA_BITS, DmaLimits.MAX_ADDRESS_BITS, DmaLimits.DEFAULT_ADDRESS_BITS),
                        number(node, MAX_SEGMENTS, Integer.MAX_VALUE, DmaLimits.ANY_SEGMENTS),
                        segmentSize(node),
                        windows,
                        node.has("dma-coherent")),
                endpoint(node),
                node.has("dmaheap,secure-reads"),
                node.has("dmaheap,secure-writes"),
                references.of(node),
                node.property("protected-heap-name").map(Property::text));
    }

    private OptionalInt endpoint(Node node) {
        return node.has(ENDPOINT)
                ? OptionalInt.of(number(node, ENDPOINT, MAX_ENDPOINT, MAX_ENDPOINT))
                : OptionalInt.empty();
    }

    private long segmentSize(Node node) {
        return node.has(MAX_SEGMENT_SIZE)
                ? number(node, MAX_SEGMENT_SIZE, Integer.MAX_VALUE, Integer.MAX_VALUE)
                : DmaLimits.ANY_SIZE;
    }

    private int number(Node node, String property, int max, int otherwise) {
        int number = node.property(property).map(Property::u32).orElse(otherwise);
        if (number >= 1 && number <= max) {
            return number;
        }
        findings.add(Kind.BAD_VALUE, node, property + " must be 1 to " + max, "Taken to be " + otherwise);
        return otherwise;
    }
}
