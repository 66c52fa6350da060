package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import io.dmaheap.Traits;
import java.util.Optional;

/** Memory that came in as a file descriptor. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface ImportedMemory extends Memory {

    /** What could be found out about it. */
    Traits traits();

    /** The heap of another process that it came from, as far as its descriptor tells. */
    default Optional<String> heap() {
        return Optional.empty();
    }
}
