package io.dmaheap.heaps.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.HeapContractTest;
import org.junit.jupiter.api.Test;

/** The contract on the emulator as it is on Linux. */
class EmulatedMemfdContractTests extends HeapContractTest {
    @Override
    protected String heapName() {
        return "system";
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }

    @Test
    void buffersHaveDescriptors() {
        try (var buffer = heap().allocate(4096)) {
            assertThat(buffer.info().descriptor()).isIn(Descriptor.MEMFD, Descriptor.DMA_BUF);
        }
    }
}
