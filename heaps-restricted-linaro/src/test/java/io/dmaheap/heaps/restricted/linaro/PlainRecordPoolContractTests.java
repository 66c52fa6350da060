package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.testkit.RestrictedHeapContractTest;
import java.util.Map;

/** The contract on the pool for recordings, where the host has no file descriptors to give. */
class PlainRecordPoolContractTests extends RestrictedHeapContractTest {
    @Override
    protected String heapName() {
        return "protected,secure-video-record";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults(), Emulator.with(Map.of("backing", "plain")));
    }
}
