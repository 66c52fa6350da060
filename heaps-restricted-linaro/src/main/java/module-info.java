/** Protected heaps of OP-TEE and Linaro. */
module io.dmaheap.heaps.restricted.linaro {
    requires static org.jspecify;
    requires io.dmaheap.api;
}
