package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.RestrictedHeapContractTest;

/** The contract on memory that the emulated secure world is lent. */
class LentHeapContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "restricted_mtk_cma";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
