package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.SecureDataPathContractTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A trusted application on buffers of both heaps. */
@ParameterizedClass
@ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
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
