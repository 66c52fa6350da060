package io.dmaheap.vm;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.HeapContractTest;

/** The same contract on the emulator, where its buffers become dma-bufs. */
class EmulatedHeapContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "system";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
