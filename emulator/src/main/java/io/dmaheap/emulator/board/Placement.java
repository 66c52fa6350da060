package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.Objects;

/**
 * Where a region lies and what the kernel may do there.
 *
 * @param name the name of the node with its unit address, by which the kernel calls the region
 * @param path the path of the node
 * @param range the physical addresses, in bytes
 * @param alignment what the base had to be a multiple of, in bytes
 * @param dynamic whether the tree left the place open
 * @param noMap whether the kernel must not map the region
 * @param reusable whether the kernel may use the region as long as its owner does not
 */
public record Placement(
        String name,
        String path,
        AddressRange range,
        long alignment,
        boolean dynamic,
        boolean noMap,
        boolean reusable) {

    /** Checks that all parts are there. */
    public Placement {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(range, "range");
    }
}
