package io.dmaheap.emulator.board;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A bus master: something that reads or writes memory by itself.
 *
 * <p>Device trees have no word for what an emulator must know of one, so the built-in board uses a vendor prefix of its own:
 * {@code dmaheap,master} (a string: the name), {@code dmaheap,dma-bits}, {@code dmaheap,max-segments},
 * {@code dmaheap,max-segment-size} (one cell each), {@code dmaheap,endpoint} (one cell), {@code dmaheap,secure-reads} and {@code dmaheap,secure-writes} (flags). In the tree of a real board, which has none of them, the
 * nodes with a {@code memory-region} are devices, called by their node names.
 *
 * @param name what it is called; unique on the board
 * @param path the path of its node
 * @param compatible what it is, the most specific first; may be empty
 * @param dma what it can address
 * @param endpoint the id by which the secure world knows it, 16 bits, if it has one
 * @param secureReads whether its reads may be let through to protected memory
 * @param secureWrites whether its writes may be let through to protected memory
 * @param regions the regions it uses, in order
 * @param protectedHeapName the heap that it takes protected memory from ({@code protected-heap-name}, the Panthor series of 2025)
 */
public record Device(
        String name,
        String path,
        List<String> compatible,
        DmaLimits dma,
        OptionalInt endpoint,
        boolean secureReads,
        boolean secureWrites,
        List<RegionUse> regions,
        Optional<String> protectedHeapName) {

    /** Checks that all parts are there. */
    public Device {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
        compatible = List.copyOf(compatible);
        Objects.requireNonNull(dma, "dma");
        Objects.requireNonNull(endpoint, "endpoint");
        regions = List.copyOf(regions);
        Objects.requireNonNull(protectedHeapName, "protectedHeapName");
    }
}
