/** Protected heaps of OP-TEE and Linaro. Exports nothing: it is found as a {@link io.dmaheap.spi.HeapProvider}. */
module io.dmaheap.heaps.restricted.linaro {
    requires static org.jspecify;
    requires io.dmaheap.api;
    requires io.dmaheap.allocators;

    provides io.dmaheap.spi.HeapProvider with
            io.dmaheap.heaps.restricted.linaro.LinaroHeaps;
}
