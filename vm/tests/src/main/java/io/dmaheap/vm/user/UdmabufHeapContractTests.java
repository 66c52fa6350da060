package io.dmaheap.vm.user;

import io.dmaheap.testkit.HeapContractTest;

/** The contract of a heap, on dma-bufs that the kernel makes of memory files. */
class UdmabufHeapContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "udmabuf";
    }
}
