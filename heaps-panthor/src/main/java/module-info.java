/** The protected heap of Arm's Panthor GPU driver. Exports nothing: it is found as a {@link io.dmaheap.spi.HeapProvider}. */
module io.dmaheap.heaps.panthor {
    requires static org.jspecify;
    requires io.dmaheap.api;
    requires io.dmaheap.allocators;

    provides io.dmaheap.spi.HeapProvider with
            io.dmaheap.heaps.panthor.PanthorHeaps;
}
