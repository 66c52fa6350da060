package io.dmaheap.heaps.system;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.ImporterContractTest;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Scattered memory and the devices of the emulated board: camera, display and npu cannot use it, the others can. */
@ParameterizedClass
@ValueSource(strings = {"camera", "cpu", "decoder", "display", "encoder", "gpu", "npu", "tee"})
class EmulatedImporterContractTests extends ImporterContractTest {
    @Parameter
    String device;

    @Override
    protected String heapName() {
        return "system";
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
