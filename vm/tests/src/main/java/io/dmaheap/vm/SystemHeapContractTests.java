package io.dmaheap.vm;

import io.dmaheap.testkit.HeapContractTest;

/** The contract of a heap, on the kernel's own. */
class SystemHeapContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "system";
    }
}
