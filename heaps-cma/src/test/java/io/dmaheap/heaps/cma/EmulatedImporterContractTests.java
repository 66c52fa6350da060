package io.dmaheap.heaps.cma;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.ImporterContractTest;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Contiguous memory and the devices of the emulated board: all can use it but the npu, which reaches its bounce buffers only. */
@ParameterizedClass
@CsvSource({
    "default_cma_region, camera",
    "default_cma_region, cpu",
    "default_cma_region, decoder",
    "default_cma_region, display",
    "default_cma_region, npu",
    "video@68000000, encoder",
    "video@68000000, gpu",
    "video@68000000, tee"
})
class EmulatedImporterContractTests extends ImporterContractTest {
    @Parameter(0)
    String heap;

    @Parameter(1)
    String device;

    @Override
    protected String heapName() {
        return heap;
    }

    @Override
    protected String deviceName() {
        return device;
    }

    @Override
    protected Heaps openHeaps() {
        return Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
    }
}
