package io.dmaheap.vm.board;

import io.dmaheap.testkit.HeapContractTest;

/** The contract of a heap, on the kernel's heap of OP-TEE's protected memory. */
class ProtectedHeapContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "protected,secure-video";
    }
}
