package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.RestrictedHeapContractTest;

/** The contract on OP-TEE's static pool on the emulated board. */
class StaticPoolContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "protected,secure-video";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
