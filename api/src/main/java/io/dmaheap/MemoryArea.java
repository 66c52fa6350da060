package io.dmaheap;

import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.MemoryMap.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Memory as the machine's description has it.
 *
 * @param name the name of its node, or of the kernel's area; {@code memory} for ordinary memory
 * @param kind what it is for
 * @param flags what else is said of it
 * @param compatible the {@code compatible} string that tells whose it is, empty for plain kinds
 * @param base the first physical address, if it is told
 * @param size bytes, if they are told
 * @param free bytes that nobody holds, if they are told
 * @param heaps the live heaps that give it out
 * @param extents what is taken of it, by address and without overlap; empty where the platform does not tell
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record MemoryArea(
        String name,
        Kind kind,
        Set<Flag> flags,
        String compatible,
        OptionalLong base,
        OptionalLong size,
        OptionalLong free,
        List<String> heaps,
        Optional<List<Extent>> extents) {

    /** Copies the collections. */
    public MemoryArea {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(compatible, "compatible");
        flags = Set.copyOf(flags);
        heaps = List.copyOf(heaps);
        extents = extents.map(List::copyOf);
    }

    /** The same area with other heaps. */
    public MemoryArea withHeaps(List<String> names) {
        return new MemoryArea(name, kind, flags, compatible, base, size, free, names, extents);
    }

    /** The runs that nobody has, by address; none where base, size or extents are not told. */
    public List<FreeRun> freeRuns() {
        if (base.isEmpty() || size.isEmpty() || extents.isEmpty()) {
            return List.of();
        }
        List<FreeRun> runs = new ArrayList<>();
        long next = base.getAsLong();
        for (Extent extent : extents.get()) {
            if (extent.base() > next) {
                runs.add(new FreeRun(next, extent.base() - next));
            }
            next = extent.end();
        }
        long end = base.getAsLong() + size.getAsLong();
        if (next < end) {
            runs.add(new FreeRun(next, end - next));
        }
        return List.copyOf(runs);
    }

    /** The bytes of the largest free run: no contiguous buffer can be larger. 0 where runs are not told. */
    public long largestFreeRun() {
        return freeRuns().stream().mapToLong(FreeRun::size).max().orElse(0);
    }

    /**
     * How much of the free memory lies outside of the largest free run: 0 if it is all in one piece or nothing is free, near 1 if it is
     * in crumbs.
     */
    public double fragmentation() {
        long all = freeRuns().stream().mapToLong(FreeRun::size).sum();
        return all == 0 ? 0 : 1 - (double) largestFreeRun() / all;
    }

    /**
     * Memory that nobody has.
     *
     * @param base the first physical address
     * @param size bytes
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public record FreeRun(long base, long size) {}
}
