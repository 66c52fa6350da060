package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.spi.PhysicalRange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The pages of buffers that the secure world did not say it had let go of, and of those that it may not know of any more. Perhaps it has
 * let go, and only the answer was lost: then it gives them out again. Guarded by its heap.
 */
final class WithheldPages {
    private final int size;
    private final Set<Long> pages = new HashSet<>();

    /** None yet; each has so many bytes. */
    WithheldPages(int size) {
        this.size = size;
    }

    /** Withholds the pages of these places; the bytes of those that were not withheld before. */
    long add(List<PhysicalRange> places) {
        int before = pages.size();
        for (PhysicalRange place : places) {
            for (long page = place.base(); page < place.end(); page += size) {
                pages.add(page);
            }
        }
        return (long) (pages.size() - before) * size;
    }

    /** Whether one of them is in these places. */
    boolean isIn(List<PhysicalRange> places) {
        return !pages.isEmpty()
                && pages.stream()
                        .anyMatch(
                                page -> places.stream().anyMatch(place -> place.base() <= page && page < place.end()));
    }
}
