/** MediaTek's restricted heaps. */
module io.dmaheap.heaps.restricted.mtk {
    requires static org.jspecify;
    requires io.dmaheap.api;
}
