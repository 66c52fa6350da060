package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.ImporterContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** The importer contract with memory that is closed to the CPU and open to some devices, in some directions. */
@ParameterizedClass(name = "{0} by {1}")
@CsvSource({
    "sdp,                      cpu,     NO,  NO",
    "sdp,                      decoder, YES, YES",
    "sdp,                      display, YES, NO",
    "'protected,secure-video', camera,  NO,  YES",
    "'protected,secure-video', decoder, YES, YES",
    "'protected,secure-video', encoder, NO,  NO"
})
class ProtectedImporterContractTests extends ImporterContractTest {
    @Parameter(0)
    String heap;

    @Parameter(1)
    String device;

    @Parameter(2)
    Answer mayRead;

    @Parameter(3)
    Answer mayWrite;

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

    @Test
    void theDeviceMayDoWhatItIsTrustedWith() {
        try (var buffer = heap().allocate(4096)) {
            assertThat(buffer.canAccess(device, Access.READ)).isEqualTo(mayRead);
            assertThat(buffer.canAccess(device, Access.WRITE)).isEqualTo(mayWrite);
        }
    }
}
