/** Consumers of dma-bufs: importers of the real kernel. */
module io.dmaheap.drivers {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
    requires io.dmaheap.linux;

    exports io.dmaheap.drivers;
}
