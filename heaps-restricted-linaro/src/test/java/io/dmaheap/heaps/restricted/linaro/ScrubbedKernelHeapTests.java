package io.dmaheap.heaps.restricted.linaro;

import static io.dmaheap.heaps.restricted.linaro.PlayedKernel.OVERWRITTEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.testkit.NoLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A heap of the kernel, whose buffers end when nobody has a descriptor any more, and not when we say so. */
@ExtendWith(NoLeaks.class)
class ScrubbedKernelHeapTests {
    private static final long PAGE = 4096;

    private final PlayedKernel kernel = new PlayedKernel();
    private final Heaps heaps = Heaps.open(
            HeapsOptions.defaults()
                    .withSetting("plugin.heaps-restricted-linaro.scrub", "045d2922-7f6a-4719-8777-63b1d3e22ddc 0"),
            kernel);
    private final Heap heap = heaps.find("protected,secure-video").orElseThrow();

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
        assertThat(kernel.descriptors()).isZero();
        assertThat(kernel.tee().sessions()).isZero();
    }

    @Test
    void whoAllocatesFindsNothingOfAnybody() {
        try (var _ = heap.allocate(PAGE)) {
            assertThat(kernel.contents()).isEqualTo(OVERWRITTEN);
        }
    }

    @Test
    void aBufferThatIsStillOnTheScreenIsLeftAlone() {
        DmaBufFd screen;
        try (var frame = heap.allocate(PAGE)) {
            screen = frame.exportFd();
            kernel.write("a frame");
        }
        assertThat(kernel.contents()).isEqualTo("a frame");
        kernel.write("what the screen's driver adds");
        screen.close();
        try (var _ = heap.allocate(PAGE)) {
            assertThat(kernel.contents()).isEqualTo(OVERWRITTEN);
        }
        assertThat(heaps.usage().quarantined()).isZero();
    }

    @Test
    void aBufferWhoseDescriptorWasNeverGivenOutIsOverwrittenAtItsEndAsWell() {
        try (var _ = heap.allocate(PAGE)) {
            kernel.write("a secret");
        }
        assertThat(kernel.contents()).isEqualTo(OVERWRITTEN);
    }

    @Test
    void nobodyIsGivenWhatCouldNotBeOverwrittenAndNothingIsHeld() {
        heap.allocate(PAGE).close();
        kernel.write("of another process");
        kernel.tee().hang(true);
        var refusal = catchThrowableOfType(HeapException.class, () -> heap.allocate(PAGE));
        assertThat(refusal.code()).isEqualTo(ErrorCode.TIMED_OUT);
        assertThat(kernel.descriptors()).isZero();
        assertThat(heaps.usage().quarantined()).isZero();
    }

    @Test
    void withoutTheTeeThereAreNoBuffersUntilItComes() {
        kernel.setTeePresent(false);
        var refusal = catchThrowableOfType(HeapException.class, () -> heap.allocate(PAGE));
        assertThat(refusal.code()).isEqualTo(ErrorCode.DEVICE_GONE);
        assertThat(kernel.descriptors()).isZero();
        kernel.setTeePresent(true);
        heap.allocate(PAGE).close();
    }

    @Test
    void onlyABufferThatWasToBeOverwrittenAtItsEndIsQuarantined() {
        try (var frame = heap.allocate(PAGE);
                var screen = frame.exportFd()) {
            kernel.tee().hang(true);
            assertThat(screen.number()).isPositive();
        }
        assertThat(heaps.usage().quarantined()).isZero();
        assertThat(kernel.tee().waits()).isEmpty();
        assertThat(kernel.descriptors()).isZero();
    }
}
