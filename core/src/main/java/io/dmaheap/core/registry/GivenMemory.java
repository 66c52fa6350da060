package io.dmaheap.core.registry;

import io.dmaheap.spi.Memory;
import io.dmaheap.spi.OneShotMemory;

/**
 * Which memory plugins have given already. Memory is one-shot: what is given a second time belongs to another buffer, or was released,
 * and then its descriptor may be another file by now.
 *
 * <p>Nearly all memory keeps the mark itself ({@link OneShotMemory}), which costs one compare-and-set. Other memory is looked for in a
 * set that keeps nothing alive. Safe for use by several threads.
 */
public final class GivenMemory {
    private static final GivenObjects UNMARKED = new GivenObjects();

    private GivenMemory() {}

    /** Whether this is the first time that the memory is given. */
    public static boolean claim(Memory memory) {
        return memory instanceof OneShotMemory oneShot ? oneShot.claim() : UNMARKED.claim(memory);
    }
}
