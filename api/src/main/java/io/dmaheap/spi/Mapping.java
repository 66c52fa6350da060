package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A mapping of a buffer into this process. The framework keeps it while the buffer lives and calls {@link #unmap()} once, when no
 * segment handed out by {@link #segment} is alive.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface Mapping {

    /** A view of the whole buffer that dies with {@code scope}. */
    MemorySegment segment(Arena scope);

    /** Removes the mapping. Must not fail. */
    void unmap();
}
