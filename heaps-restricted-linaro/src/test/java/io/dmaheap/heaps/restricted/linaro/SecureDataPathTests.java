package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.SecureDataPathContractTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The secure data path through the emulated secure world, in every kind of memory that this plugin gives. */
@ParameterizedClass
@ValueSource(strings = {"sdp", "protected,secure-video", "protected,trusted-ui", "protected,secure-video-record"})
class SecureDataPathTests extends SecureDataPathContractTest {
    private final String heap;

    SecureDataPathTests(String heap) {
        this.heap = heap;
    }

    @Override
    protected String heapName() {
        return heap;
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
