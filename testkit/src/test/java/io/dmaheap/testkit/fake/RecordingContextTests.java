package io.dmaheap.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapSpec;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class RecordingContextTests {

    @Test
    void remembersHeapsByName() {
        try (var context = new RecordingContext(FakePlatform.withSystemMemory())) {
            var memory = context.platform().systemMemory().orElseThrow();
            context.register(new HeapSpec("one", Traits.CMA), memory);
            assertThat(context.heaps()).containsOnlyKeys("one");
            assertThat(context.heaps().get("one").traits()).isEqualTo(Traits.CMA);
        }
    }

    @Test
    void refusesASecondHeapOfOneNameAsTheFrameworkDoes() {
        try (var context = new RecordingContext(FakePlatform.withKernelHeaps("system"))) {
            var spec = new HeapSpec("system", Traits.SYSTEM);
            context.register(spec, context.platform().kernelHeaps().getFirst());
            assertThatThrownBy(() -> context.register(spec, new FakeHeap("other")))
                    .isInstanceOf(HeapException.class);
        }
    }

    @Test
    void keepsTheLogWithItsParametersFilledIn() {
        try (var context = new RecordingContext(FakePlatform.withKernelHeaps())) {
            context.logger().log(Level.INFO, "no heap {0} here", "x");
            context.logger().log(Level.WARNING, "plain {braces}");
            assertThat(context.log()).containsExactly("INFO no heap x here", "WARNING plain {braces}");
        }
    }

    @Test
    void theExecutorEndsWithTheContext() {
        var context = new RecordingContext(FakePlatform.withKernelHeaps());
        context.close();
        assertThatThrownBy(() -> context.executor().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
