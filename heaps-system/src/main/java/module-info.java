/** Page-scattered memory: the kernel's system heap, or the platform's own. Exports nothing: it is found as a {@link io.dmaheap.spi.HeapProvider}. */
module io.dmaheap.heaps.system {
    requires static org.jspecify;
    requires io.dmaheap.api;

    provides io.dmaheap.spi.HeapProvider with
            io.dmaheap.heaps.system.SystemHeaps;
}
