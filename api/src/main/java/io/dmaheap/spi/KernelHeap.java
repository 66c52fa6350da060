package io.dmaheap.spi;

import io.dmaheap.PublicApi;

/** A heap of the kernel: a node under {@code /dev/dma_heap}. Opened by the first allocation. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface KernelHeap extends HeapOps {

    /** The name of the node. */
    String name();
}
