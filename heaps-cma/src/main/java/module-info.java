/** Contiguous heaps, one per CMA region. */
module io.dmaheap.heaps.cma {
    requires static org.jspecify;
    requires io.dmaheap.api;
}
