/** The Linux kernel's heaps, dma-bufs and file descriptors: the only room with native calls. */
module io.dmaheap.linux {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
}
