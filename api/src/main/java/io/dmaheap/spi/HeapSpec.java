package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import io.dmaheap.Traits;
import java.util.Objects;

/**
 * What a plugin says of a heap that it offers.
 *
 * @param name stable for ever, unique on the machine, describing the memory and not the allocator
 *     (Documentation/userspace-api/dma-buf-heaps.rst); 1 to 63 ASCII letters, digits and
 *     characters of {@code _.,+@:#~-}, beginning with a letter, a digit or {@code _}; not {@code auto}
 * @param traits what its memory is like
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record HeapSpec(String name, Traits traits) {
    /** Checks that both parts are there. */
    public HeapSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(traits, "traits");
    }
}
