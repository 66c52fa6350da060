package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.Node;
import java.util.Objects;

/**
 * Where a region lies and what the kernel may do there.
 *
 * @param node the node that describes it
 * @param range the physical addresses, in bytes
 * @param alignment what the base had to be a multiple of, in bytes
 * @param dynamic whether the tree left the place open
 */
public record Placement(Node node, AddressRange range, long alignment, boolean dynamic) {

    /** Checks that all parts are there. */
    public Placement {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(range, "range");
    }

    /** The name of the node with its unit address, by which the kernel calls the region. */
    public String name() {
        return node.name();
    }

    /** The path of the node. */
    public String path() {
        return node.path();
    }

    /** Whether the kernel must not map the region. */
    public boolean noMap() {
        return node.has("no-map");
    }

    /** Whether the kernel may use the region as long as its owner does not. */
    public boolean reusable() {
        return node.has("reusable");
    }
}
