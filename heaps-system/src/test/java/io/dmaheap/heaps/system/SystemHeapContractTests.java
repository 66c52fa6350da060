package io.dmaheap.heaps.system;

import io.dmaheap.testkit.HeapContractTest;

/** The contract on the best platform of this machine, the real kernel included; {@code -Ddmaheap.platform} chooses another. */
class SystemHeapContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "system";
    }
}
