package io.dmaheap.emulator.board;

import java.util.List;
import java.util.Objects;

/**
 * A use that OP-TEE borrows memory for: a child of its node, with the emulator's own properties {@code dmaheap,use-case},
 * {@code dmaheap,minimum-size}, {@code dmaheap,alignment} (one cell each, a page unless said), {@code dmaheap,read-only} and
 * {@code dmaheap,read-write} (names of devices).
 *
 * @param name the name of its node
 * @param number as in {@code enum tee_dma_heap_id} of the kernel: 1 to 3
 * @param minimumSize bytes that it wants at once
 * @param alignment bytes that the first address must be a multiple of
 * @param readers the devices that may read
 * @param writers the devices that may read and write
 */
public record ProtectedUse(
        String name, int number, long minimumSize, long alignment, List<String> readers, List<String> writers) {

    /** Checks that all parts are there. */
    public ProtectedUse {
        Objects.requireNonNull(name, "name");
        readers = List.copyOf(readers);
        writers = List.copyOf(writers);
    }
}
