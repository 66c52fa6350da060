/** Range allocators as plain data structures: no I/O, no threads. */
module io.dmaheap.allocators {
    requires static org.jspecify;

    exports io.dmaheap.allocators;
}
