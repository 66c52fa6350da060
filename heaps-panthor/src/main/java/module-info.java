/** The protected heap of Arm's Panthor GPU driver. */
module io.dmaheap.heaps.panthor {
    requires static org.jspecify;
    requires io.dmaheap.api;
}
