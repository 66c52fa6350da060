/** Page-scattered memory: the kernel's system heap, or the platform's own. */
module io.dmaheap.heaps.system {
    requires static org.jspecify;
    requires io.dmaheap.api;
}
