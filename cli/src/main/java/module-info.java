/** The dmaheap command. */
module io.dmaheap.cli {
    requires static org.jspecify;
    requires io.dmaheap.api;
}
