package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import io.dmaheap.Traits;

/** Memory that came in as a file descriptor. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface ImportedMemory extends Memory {

    /** What could be found out about it. */
    Traits traits();
}
