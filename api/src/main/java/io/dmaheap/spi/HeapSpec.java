package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import io.dmaheap.Traits;
import java.util.List;
import java.util.Objects;

/**
 * What a plugin says of a heap that it offers.
 *
 * @param name stable for ever, unique on the machine, describing the memory and not the allocator
 *     (Documentation/userspace-api/dma-buf-heaps.rst); 1 to 63 ASCII letters, digits and
 *     characters of {@code _.,+@:#~-}, beginning with a letter, a digit or {@code _}; not {@code auto}
 * @param traits what its memory is like
 * @param regions the {@linkplain MemoryRegion#name names} of the regions that it gives out. They belong to the plugin until it has
 *     stopped: no other can take or lend memory of them. A region that two plugins name belongs to the one that is pinned, or to neither
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record HeapSpec(String name, Traits traits, List<String> regions) {
    /** Checks that all parts are there, and copies the list. */
    public HeapSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(traits, "traits");
        regions = List.copyOf(regions);
    }

    /** A heap that gives out no region. */
    public HeapSpec(String name, Traits traits) {
        this(name, traits, List.of());
    }

    /** The same heap, which gives out these regions. */
    public HeapSpec withRegions(String... names) {
        return new HeapSpec(name, traits, List.of(names));
    }
}
