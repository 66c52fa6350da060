package io.dmaheap.allocators;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Contiguous page frames, placed as {@code mm/cma.c} places them: first fit over the ranges in their order, aligned to the
 * request rounded up to a power of two of pages, but to no more than a cap. Frame numbers are aligned, not distances from the
 * start of a range. All counts are in pages.
 *
 * <p>A free place may still hold pinned pages. When the {@link Occupant} says so, the search goes on one alignment step behind
 * the place that was tried, through all ranges; when it throws, the request fails. So a request may fail while plenty is free.
 *
 * <p>What differs from the kernel: a bit stands for one page, as in every area behind a DMA-BUF heap; a release that does not
 * match one allocation is refused; pages are not marked while the occupant tries, since nobody else can look.
 *
 * <p>With n pages, an attempt and a release take O(log n) amortised, whatever the size and the fragmentation; the first request
 * with an alignment that was not used before looks once at all of a range. Not safe for use by several threads.
 */
public final class CmaArea {
    /** {@code CONFIG_CMA_ALIGNMENT} unless configured otherwise: 256 pages, 1 MiB with pages of 4 KiB. */
    public static final int DEFAULT_ALIGNMENT_CAP = 8;

    /** {@code CMA_MAX_RANGES}. */
    public static final int MAX_RANGES = 8;

    private static final Occupant<Range> NOTHING_PINNED = Optional::of;

    private final int alignmentCap;
    private final Chunk[] ranges;
    private final long total;
    private long allocated;
    private long failed;
    private long busyRetries;

    /** An area of one range with the default alignment cap. */
    public CmaArea(Range frames) {
        this(List.of(frames), DEFAULT_ALIGNMENT_CAP);
    }

    /**
     * An area of several ranges.
     *
     * @param frames frame numbers, at most {@value #MAX_RANGES} ranges, searched in this order
     * @param alignmentCap the largest alignment as an order of pages; the kernel allows 2 to 12
     * @throws IllegalArgumentException if ranges are missing, too many, overlap, or have more than 2^29 pages
     */
    public CmaArea(List<Range> frames, int alignmentCap) {
        if (frames.isEmpty() || frames.size() > MAX_RANGES) {
            throw new IllegalArgumentException("an area has 1 to " + MAX_RANGES + " ranges, not " + frames.size());
        }
        if (alignmentCap < 0 || alignmentCap >= Integer.SIZE) {
            throw new IllegalArgumentException("alignment cap is an order of pages, not " + alignmentCap);
        }
        for (int i = 0; i < frames.size(); i++) {
            Range range = frames.get(i);
            for (Range other : frames.subList(0, i)) {
                if (other.overlaps(range)) {
                    throw new IllegalArgumentException(range + " overlaps " + other);
                }
            }
        }
        ranges = frames.stream().map(range -> new Chunk(range, 0)).toArray(Chunk[]::new);
        this.alignmentCap = alignmentCap;
        total = frames.stream().mapToLong(Range::size).sum();
    }

    /**
     * Allocates where nothing is ever pinned.
     *
     * @param pages how many; nothing is found for 0, as in the kernel, and the statistics do not count it
     * @return the first frame number, empty if there is no room
     */
    public OptionalLong allocate(long pages) {
        Optional<Range> place = allocate(pages, NOTHING_PINNED);
        return place.isPresent() ? OptionalLong.of(place.get().start()) : OptionalLong.empty();
    }

    /**
     * Allocates as the kernel's CMA heaps do ({@code cma_alloc} with the order of the request as alignment).
     *
     * @param pages how many; nothing is found for 0, as in the kernel, and the statistics do not count it
     * @param occupant asked for every place that is tried; what it throws ends the search with nothing allocated
     * @return what the occupant made of the place that was allocated, empty if there is no room or what there is cannot be emptied
     */
    public <T> Optional<T> allocate(long pages, Occupant<T> occupant) {
        if (pages < 0) {
            throw new IllegalArgumentException("pages must not be negative: " + pages);
        }
        if (pages == 0) {
            return Optional.empty();
        }
        Optional<T> taken = Optional.empty();
        try {
            taken = search(pages, occupant);
            return taken;
        } finally {
            if (taken.isPresent()) {
                allocated += pages;
            } else {
                failed += pages;
            }
        }
    }

    /**
     * The place that {@link #allocate(long, Occupant)} would try first. Takes nothing, and the statistics do not count it.
     *
     * @param pages how many; there is no place for 0
     */
    public Optional<Range> firstPlace(long pages) {
        if (pages < 0) {
            throw new IllegalArgumentException("pages must not be negative: " + pages);
        }
        for (Chunk range : ranges) {
            if (pages > 0 && pages <= range.free()) {
                int unit = range.firstAtAddress((int) range.units(pages), order(pages));
                if (unit != Chunk.NONE) {
                    return Optional.of(new Range(range.address(unit), pages));
                }
            }
        }
        return Optional.empty();
    }

    private int order(long pages) {
        return Math.min(alignmentCap, Long.SIZE - Long.numberOfLeadingZeros(pages - 1));
    }

    private <T> Optional<T> search(long pages, Occupant<T> occupant) {
        int order = order(pages);
        for (Chunk range : ranges) {
            if (pages > range.free()) {
                continue;
            }
            int count = (int) range.units(pages);
            int unit = range.firstAtAddress(count, order);
            while (unit != Chunk.NONE) {
                Optional<T> taken = occupant.occupy(new Range(range.address(unit), pages));
                if (taken.isPresent()) {
                    range.take(unit, count);
                    return taken;
                }
                busyRetries++;
                unit = range.firstAtAddress(count, order, unit + (1L << order));
            }
        }
        return Optional.empty();
    }

    /**
     * Gives pages back ({@code cma_release}).
     *
     * @param frame what {@link #allocate} returned
     * @param pages as many as were asked for
     * @throws IllegalArgumentException if this is not exactly one live allocation; nothing is released then
     */
    public void release(long frame, long pages) {
        for (Chunk range : ranges) {
            if (range.contains(frame)) {
                range.release(frame, pages);
                return;
            }
        }
        throw new IllegalArgumentException(new Range(frame, pages) + " is in no range of this area");
    }

    /** Whether all of {@code frames} lies in one range, free or not. */
    public boolean has(Range frames) {
        return Arrays.stream(ranges).anyMatch(range -> range.range().contains(frames));
    }

    /** How full the area is, in pages; the longest free run is the kernel's {@code maxchunk} (debugfs). */
    public Occupancy occupancy() {
        long largest = Arrays.stream(ranges).mapToLong(Chunk::largestFree).max().orElse(0);
        long allocations =
                Arrays.stream(ranges).mapToLong(Chunk::allocationCount).sum();
        return new Occupancy(total, available(), largest, allocations);
    }

    private long available() {
        return Arrays.stream(ranges).mapToLong(Chunk::free).sum();
    }

    /** What the area did so far. */
    public CmaStatistics statistics() {
        return new CmaStatistics(allocated, failed, allocated - (total - available()), busyRetries);
    }

    /** The ranges in the order in which they are searched. */
    public List<Range> ranges() {
        return Arrays.stream(ranges).map(Chunk::range).toList();
    }

    /** The live allocations, range by range, by frame number. Only valid until the area changes. */
    public Stream<Range> allocations() {
        return Arrays.stream(ranges).flatMap(Chunk::allocated);
    }

    /** The free runs, range by range, by frame number. Only valid until the area changes. */
    public Stream<Range> freeRuns() {
        return Arrays.stream(ranges).flatMap(Chunk::freeRuns);
    }
}
