package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.Protection;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinaroHeapsTests {

    private static RecordingContext startedWith(String... kernelHeaps) {
        try (var context = new RecordingContext(FakePlatform.withKernelHeaps(kernelHeaps))) {
            new LinaroHeaps().start(context);
            return context;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secure-video", "trusted-ui", "secure-video-record"})
    void offersAProtectedHeapForItsUseAndForNoOther(String useCase) {
        var context = startedWith("system", "protected," + useCase);
        assertThat(context.heaps()).containsOnlyKeys("protected," + useCase);
        assertThat(context.heaps().get("protected," + useCase).traits()).satisfies(traits -> {
            assertThat(traits.protection()).contains(new Protection(Protection.Kind.INACCESSIBLE, useCase));
            assertThat(traits.cpuAccessible()).isEqualTo(Answer.NO);
            assertThat(traits.zeroed()).isEqualTo(Answer.NO);
            assertThat(traits.contiguous()).isEqualTo(Answer.YES);
        });
    }

    @Test
    void offersAllThatTheKernelHas() {
        assertThat(startedWith("protected,trusted-ui", "protected,secure-video").heaps())
                .containsOnlyKeys("protected,secure-video", "protected,trusted-ui");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"system", "reserved", "protected", "protected,", "protected,unheard-of", "restricted_mtk_cm"})
    void leavesOtherHeapsAloneAndSaysSo(String name) {
        var context = startedWith(name);
        assertThat(context.heaps()).isEmpty();
        assertThat(context.log()).singleElement().asString().startsWith("INFO").contains("platform fake", "OP-TEE");
    }
}
