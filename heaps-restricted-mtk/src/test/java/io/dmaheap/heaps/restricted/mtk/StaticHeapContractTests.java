package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.RestrictedHeapContractTest;

/** The contract on memory that the emulated secure world has from boot on. */
class StaticHeapContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "restricted_mtk_cm";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
