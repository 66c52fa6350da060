package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import io.dmaheap.testkit.fake.FakePlatform;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlatformInHandTests {
    private final PlatformInHand platform = new PlatformInHand(new PlatformProvider() {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Suitability suitability() {
            return new Suitability(true, 0, "of the test");
        }

        @Override
        public Platform open(Map<String, String> configuration) {
            return FakePlatform.withKernelHeaps(configuration.get("heap"));
        }
    });

    @Test
    void thePlatformInHandIsTheOneThatWasOpened() {
        try (Platform opened = platform.open(Map.of("heap", "one"))) {
            assertThat(platform.platform()).isSameAs(opened);
            assertThat(opened.kernelHeaps()).extracting(KernelHeap::name).containsExactly("one");
        }
    }

    @Test
    void thereIsNoneBeforeItIsOpened() {
        assertThatIllegalStateException().isThrownBy(platform::platform).withMessageContaining("fake");
    }

    @Test
    void aRegionThatIsNotThereIsNamed() {
        try (Platform _ = platform.open(Map.of("heap", "one"))) {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> platform.region("carveout"))
                    .withMessageContaining("no region carveout");
        }
    }
}
