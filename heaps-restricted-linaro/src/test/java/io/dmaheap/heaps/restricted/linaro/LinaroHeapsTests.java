package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import java.util.List;
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

    /** A region that says of itself what a broken device tree would. */
    private record Carveout(String name, String compatible, boolean isNoMap) implements MemoryRegion {
        @Override
        public Kind kind() {
            return Kind.CARVEOUT;
        }

        @Override
        public long base() {
            return 0x3e80_0000L;
        }

        @Override
        public long size() {
            return 4 << 20;
        }

        @Override
        public Memory take(long offset, AllocationRequest request) {
            throw new UnsupportedOperationException();
        }
    }

    private record Board(List<MemoryRegion> regions) implements Platform {
        @Override
        public String name() {
            return "board";
        }

        @Override
        public long availableMemory() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static RecordingContext startedOn(MemoryRegion... regions) {
        try (var context = new RecordingContext(new Board(List.of(regions)))) {
            new LinaroHeaps().start(context);
            return context;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linaro,restricted-heap", "linaro,secure-heap"})
    void aCarveoutIsAHeapNamedUpToTheUnitAddress(String compatible) {
        var context = startedOn(new Carveout("sdp@3e800000", compatible, true));
        assertThat(context.heaps()).containsOnlyKeys("sdp");
        assertThat(context.problems()).isEmpty();
    }

    @Test
    void aLongNameOfACarveoutIsCut() {
        var context = startedOn(new Carveout("x".repeat(40) + "@1000", "linaro,restricted-heap", true));
        assertThat(context.heaps()).containsOnlyKeys("x".repeat(32));
    }

    @Test
    void aCarveoutThatTheCpuWouldMapIsRefusedByName() {
        var context = startedOn(
                new Carveout("sdp@3e800000", "linaro,restricted-heap", false),
                new Carveout("other@3e800000", "vendor,else", true));
        assertThat(context.heaps()).isEmpty();
        assertThat(context.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.UNUSABLE_MEMORY);
            assertThat(problem.subject()).isEqualTo("sdp@3e800000");
            assertThat(problem.message()).contains("without no-map");
            assertThat(problem.hint()).contains("device tree");
        });
    }

    @Test
    void ofTwoCarveoutsOfOneNameTheFirstIsOffered() {
        var context = startedOn(
                new Carveout("sdp@3e800000", "linaro,restricted-heap", true),
                new Carveout("sdp@4e800000", "linaro,restricted-heap", true));
        assertThat(context.heaps()).containsOnlyKeys("sdp");
        assertThat(context.log()).singleElement().asString().contains("WARNING", "sdp@4e800000");
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
