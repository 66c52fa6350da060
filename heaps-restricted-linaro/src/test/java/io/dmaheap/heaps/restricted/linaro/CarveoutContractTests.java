package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.RestrictedHeapContractTest;

/** The contract on Linaro's carveout on the emulated board. */
class CarveoutContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "sdp";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
