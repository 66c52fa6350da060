package io.dmaheap.allocators;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Byte ranges out of carveouts, placed as {@code lib/genalloc.c} places them. A pool has chunks; the one that was added last is
 * asked first, and one with too little free memory is passed over. Requests are rounded up to granules. All addresses and sizes
 * are in bytes.
 *
 * <p>What differs from the kernel: address 0 is an address like any other, not the sign of failure; a free that does not match
 * one allocation is refused, where the kernel frees parts and stops the machine on a range that is free; the size of a chunk must
 * be a multiple of the granule, where the kernel ignores the rest.
 *
 * <p>With n granules in c chunks, allocating and freeing take O(c + log n), whatever the size, the rule and the fragmentation.
 * The bound is amortised: frees and easy requests only note what changed, and a request that needs to know more pays for what
 * was noted since. For best fit it holds in the expected case. The first request by best fit, or with an alignment that was not
 * used before, looks once at all of a chunk. A chunk of 2^24 granules takes 15 MiB, twice that when many alignments are in use.
 * Not safe for use by several threads.
 */
public final class Pool {
    private final int granuleOrder;
    private final Placement placement;
    private final List<Chunk> chunks = new ArrayList<>();

    /**
     * A pool without memory.
     *
     * @param granule the smallest unit in bytes, a power of two ({@code min_alloc_order} as a size)
     * @param placement the rule for requests that name none
     */
    public Pool(long granule, Placement placement) {
        if (granule <= 0 || Long.bitCount(granule) != 1) {
            throw new IllegalArgumentException("granule must be a power of two, not " + granule);
        }
        granuleOrder = Long.numberOfTrailingZeros(granule);
        this.placement = Objects.requireNonNull(placement, "placement");
    }

    /**
     * Adds memory ({@code gen_pool_add}).
     *
     * @throws IllegalArgumentException if the size is not a multiple of the granule, if there are more than 2^29 granules, or if
     *     the chunk overlaps another
     */
    public void add(Range chunk) {
        for (Chunk other : chunks) {
            if (other.range().overlaps(chunk)) {
                throw new IllegalArgumentException(chunk + " overlaps " + other.range());
            }
        }
        chunks.addFirst(new Chunk(chunk, granuleOrder));
    }

    /**
     * Allocates by the pool's rule ({@code gen_pool_alloc}).
     *
     * @param size in bytes; nothing is found for 0, as in the kernel
     * @return the address, empty if no chunk has room where the rule looks
     */
    public OptionalLong allocate(long size) {
        return allocate(size, placement);
    }

    /**
     * Allocates by another rule ({@code gen_pool_alloc_algo}).
     *
     * @param size in bytes; nothing is found for 0, as in the kernel
     * @return the address, empty if no chunk has room where the rule looks
     * @throws IllegalArgumentException for a fixed offset that is not a multiple of the granule
     */
    public OptionalLong allocate(long size, Placement rule) {
        if (size < 0) {
            throw new IllegalArgumentException("size must not be negative: " + size);
        }
        if (rule instanceof Placement.Fixed(long offset) && (offset & (1L << granuleOrder) - 1) != 0) {
            throw new IllegalArgumentException(
                    "offset " + offset + " is not a multiple of the granule of " + (1L << granuleOrder));
        }
        if (size > 0) {
            for (Chunk chunk : chunks) {
                if (size <= chunk.free()) {
                    int units = (int) chunk.units(size);
                    int unit = find(chunk, units, rule);
                    if (unit != Chunk.NONE) {
                        return OptionalLong.of(chunk.take(unit, units));
                    }
                }
            }
        }
        return OptionalLong.empty();
    }

    private int find(Chunk chunk, int units, Placement rule) {
        return switch (rule) {
            case Placement.FirstFit _ -> chunk.firstAtDistance(units, 0);
            case Placement.Aligned(long bytes) ->
                chunk.firstAtAddress(units, Math.max(0, Long.numberOfTrailingZeros(bytes) - granuleOrder));
            case Placement.OrderAligned _ -> chunk.firstAtDistance(units, ceilingOrder(units));
            case Placement.BestFit _ -> chunk.best(units);
            case Placement.Fixed(long offset) -> chunk.exactly(units, offset >>> granuleOrder);
        };
    }

    /** The order of the lowest power of two that is not below {@code count}. */
    static int ceilingOrder(int count) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
    }

    /**
     * Frees an allocation ({@code gen_pool_free}).
     *
     * @param address what {@link #allocate(long)} returned
     * @param size in bytes, as requested or rounded up to granules
     * @throws IllegalArgumentException if this is not exactly one live allocation: never allocated, freed before, a part, or more
     *     than one; nothing is freed then
     */
    public void free(long address, long size) {
        for (Chunk chunk : chunks) {
            if (chunk.contains(address)) {
                chunk.release(address, size);
                return;
            }
        }
        throw new IllegalArgumentException(new Range(address, size) + " is in no chunk of this pool");
    }

    /** Whether all of {@code range} lies in one chunk, free or not ({@code gen_pool_has_addr}). */
    public boolean has(Range range) {
        return chunks.stream().anyMatch(chunk -> chunk.range().contains(range));
    }

    /** How full the pool is, in bytes, over all chunks; the longest free run lies in one chunk. Amortised O(c). */
    public Occupancy occupancy() {
        long total = 0;
        long free = 0;
        long largest = 0;
        long allocations = 0;
        for (Chunk chunk : chunks) {
            total += chunk.range().size();
            free += chunk.free();
            largest = Math.max(largest, chunk.largestFree());
            allocations += chunk.allocationCount();
        }
        return new Occupancy(total, free, largest, allocations);
    }

    /** The chunks in the order in which they are asked. */
    public List<Range> chunks() {
        return chunks.stream().map(Chunk::range).toList();
    }

    /** The live allocations, chunk by chunk, by address, in whole granules. Only valid until the pool changes. */
    public Stream<Range> allocations() {
        return chunks.stream().flatMap(Chunk::allocated);
    }

    /** The free runs, chunk by chunk, by address. Only valid until the pool changes. */
    public Stream<Range> freeRuns() {
        return chunks.stream().flatMap(Chunk::freeRuns);
    }
}
