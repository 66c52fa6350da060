package io.dmaheap.heaps.cma;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.HeapContractTest;

/** The contract on the default region of the emulated board. */
class EmulatedAreaContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "default_cma_region";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
