package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.RestrictedHeapContractTest;

/** The contract on a pool that the emulated OP-TEE borrows. */
class LentPoolContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "protected,trusted-ui";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
