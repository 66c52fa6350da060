package io.dmaheap.allocators;

import java.util.Optional;

/**
 * Moves into the places of a {@link CmaArea}: while nobody needs them, movable pages live there, some of which may be pinned. The
 * area asks for each place that it would hand out, where the kernel calls {@code alloc_contig_range}.
 *
 * @param <T> what it has of a place once it is in
 */
@FunctionalInterface
public interface Occupant<T> {
    /**
     * Tries to take {@code pages}. Must not call the area back. What it throws, as for any error that another place would not mend,
     * ends the search.
     *
     * @param pages frame numbers of a place that is not allocated
     * @return empty if some page is pinned ({@code EBUSY}): the area tries the next place
     */
    Optional<T> occupy(Range pages);
}
