package io.dmaheap.allocators;

/**
 * What becomes of the movable pages that use a {@link CmaArea} while nobody needs it: the area asks before it hands out a range,
 * where the kernel calls {@code alloc_contig_range}.
 */
@FunctionalInterface
public interface Migration {

    /** Nothing is in the way, ever. */
    Migration NOTHING_PINNED = pages -> Outcome.MOVED;

    /**
     * Tries to move away what lives in {@code pages}. Must not call the area back. If it throws, the area is as it was before.
     *
     * @param pages frame numbers of a place that is not allocated
     */
    Outcome migrate(Range pages);

    /** How an attempt ends. */
    enum Outcome {
        /** The pages can be handed out. */
        MOVED,
        /** Some page is pinned ({@code EBUSY}): the area tries the next place. */
        BUSY,
        /** Any other error: the area gives up. */
        FAILED
    }
}
