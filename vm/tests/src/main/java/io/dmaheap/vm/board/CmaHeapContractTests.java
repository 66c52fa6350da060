package io.dmaheap.vm.board;

import io.dmaheap.testkit.HeapContractTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of a heap, on the kernel's CMA heaps: the default area under both of its names, and the one of a node of its own. */
@ParameterizedClass
@ValueSource(strings = {"default_cma_region", "reserved", "video@68000000"})
class CmaHeapContractTests extends HeapContractTest {
    private final String heap;

    CmaHeapContractTests(String heap) {
        this.heap = heap;
    }

    @Override
    protected String heapName() {
        return heap;
    }
}
