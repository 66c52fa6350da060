package io.dmaheap.core.registry;

import io.dmaheap.spi.Memory;
import io.dmaheap.spi.OneShotMemory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which memory plugins have given already. Memory is one-shot: what is given a second time belongs to another buffer, or was released,
 * and then its descriptor may be another file by now.
 *
 * <p>Nearly all memory keeps the mark itself ({@link OneShotMemory}), which costs one compare-and-set. Other memory is looked for in a
 * set that keeps nothing alive. Safe for use by several threads.
 */
public final class GivenMemory {
    private static final Set<Key> GIVEN = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Memory> COLLECTED = new ReferenceQueue<>();

    private GivenMemory() {}

    /** Whether this is the first time that the memory is given. */
    public static boolean claim(Memory memory) {
        return memory instanceof OneShotMemory oneShot ? oneShot.claim() : claimUnmarked(memory);
    }

    private static boolean claimUnmarked(Memory memory) {
        for (Reference<? extends Memory> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
            GIVEN.remove(gone);
        }
        return GIVEN.add(new Key(memory));
    }

    /** The memory by identity, whatever its {@code equals} says. */
    private static final class Key extends WeakReference<Memory> {
        private final int hash;

        Key(Memory memory) {
            super(memory, COLLECTED);
            this.hash = System.identityHashCode(memory);
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            Memory own = get();
            return own != null && other instanceof Key key && key.refersTo(own);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
