package io.dmaheap.heaps.panthor;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.GrowingPlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import io.dmaheap.testkit.fake.RecordingContext.Registration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PanthorHeapsTests {
    private final FakePlatform platform = FakePlatform.withKernelHeaps("system", "acme-gpu-protected");

    @Test
    void offersTheConfiguredKernelHeapForTheGpu() {
        try (var context = new RecordingContext(platform, Map.of("protected-heap-name", "acme-gpu-protected"))) {
            new PanthorHeaps().start(context);
            assertThat(context.heaps()).containsOnlyKeys("protected,gpu");
            assertThat(context.heaps().get("protected,gpu")).isInstanceOfSatisfying(Registration.Plain.class, heap -> {
                assertThat(heap.ops()).isSameAs(platform.kernelHeaps().get(1));
                assertThat(heap.traits().protection()).contains(new Protection(Protection.Kind.INACCESSIBLE, "gpu"));
                assertThat(heap.traits().cpuAccessible()).isEqualTo(Answer.NO);
            });
        }
    }

    @Test
    void withoutConfigurationItOffersNothingAndSaysWhatToSet() {
        try (var context = new RecordingContext(platform)) {
            new PanthorHeaps().start(context);
            assertThat(context.heaps()).isEmpty();
            assertThat(context.log())
                    .singleElement()
                    .asString()
                    .startsWith("DEBUG")
                    .contains("plugin.heaps-panthor.protected-heap-name");
        }
    }

    @Test
    void aConfiguredHeapThatTheKernelLacksIsAProblemThatNamesThoseItHas() {
        try (var context = new RecordingContext(platform, Map.of("protected-heap-name", "acme-gpu"))) {
            new PanthorHeaps().start(context);
            assertThat(context.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.UNUSABLE_MEMORY);
                assertThat(problem.subject()).isEqualTo("acme-gpu");
                assertThat(problem.hint())
                        .contains("acme-gpu-protected")
                        .contains("plugin.heaps-panthor.protected-heap-name");
            });
            assertThat(context.heaps()).isEmpty();
        }
    }

    @Test
    void aConfiguredHeapThatComesLateIsOfferedThen() {
        var growing = new GrowingPlatform();
        try (var context = new RecordingContext(growing, Map.of("protected-heap-name", "acme-gpu-protected"))) {
            new PanthorHeaps().start(context);
            growing.appear("system");
            assertThat(context.heaps()).isEmpty();
            assertThat(context.problems()).hasSize(1);
            growing.appear("acme-gpu-protected");
            growing.appear("another");
            assertThat(context.heaps()).containsOnlyKeys("protected,gpu");
            assertThat(context.problems()).isEmpty();
        }
    }
}
