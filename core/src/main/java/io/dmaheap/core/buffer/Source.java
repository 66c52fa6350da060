package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.Traits;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.spi.Memory;
import java.util.Optional;

/** Where a buffer came from, and so where its memory goes back to. */
sealed interface Source permits Source.OfHeap, Imported {

    /** The heap's name, empty for a buffer of somebody else. */
    Optional<String> heap();

    /** What the memory is like. */
    Traits traits();

    /** On whose behalf it was allocated. */
    Optional<String> client();

    /** What its descriptor allows, as far as it is known beforehand. */
    Access granted();

    /** What to map the buffer for when {@code access} is the first to need a mapping: as much as is sure to be allowed. */
    Access widest(Access access);

    /** Why the buffer may not have a file descriptor, empty if it may. */
    Optional<String> exportObstacle();

    /** Gives the memory back. */
    void free(Memory memory);

    /** The name for events, empty for an imported buffer. */
    default String eventName() {
        return heap().orElse("");
    }

    /** One of our heaps. */
    record OfHeap(LiveHeap live, Access granted, Optional<String> client, boolean internal) implements Source {
        @Override
        public Optional<String> heap() {
            return Optional.of(live.name());
        }

        @Override
        public Traits traits() {
            return live.traits();
        }

        /** So that a read makes the mapping which the next write needs. */
        @Override
        public Access widest(Access access) {
            return granted;
        }

        @Override
        public Optional<String> exportObstacle() {
            if (internal) {
                return Optional.of("it was allocated to stay inside");
            }
            return live.exportable()
                    ? Optional.empty()
                    : Optional.of(
                            "the policy denies it for buffers of " + live.name() + " (export." + live.name() + ")");
        }

        @Override
        public void free(Memory memory) {
            memory.release();
        }
    }
}
