package io.dmaheap.conformance;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.DeviceDataPathContractTest;

/** The secure data path through the GPU of the emulated board, in the memory that is its alone. */
class GpuDataPathTests extends DeviceDataPathContractTest {
    @Override
    protected String heapName() {
        return "protected@66000000";
    }

    @Override
    protected String deviceName() {
        return "gpu";
    }

    @Override
    protected String closedHeapName() {
        return "protected,secure-video-record";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
