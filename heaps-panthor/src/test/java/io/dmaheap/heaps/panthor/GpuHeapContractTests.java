package io.dmaheap.heaps.panthor;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.RestrictedHeapContractTest;

/** The contract on the protected memory of the emulated board's GPU. */
class GpuHeapContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "protected@66000000";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
