/** An emulated machine that gives out memory where there is no kernel heap. */
module io.dmaheap.emulator {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
    requires io.dmaheap.linux;
}
