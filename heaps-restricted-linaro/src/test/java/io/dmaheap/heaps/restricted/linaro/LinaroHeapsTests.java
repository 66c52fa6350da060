package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import io.dmaheap.spi.ProtectedMemoryFirmware.Config;
import io.dmaheap.testkit.fake.FakePlatform;
import io.dmaheap.testkit.fake.GrowingPlatform;
import io.dmaheap.testkit.fake.RecordingContext;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** A firmware that says what a test wants it to. */
    private record Firmware(Optional<PhysicalRange> staticPool, Optional<Config> config)
            implements ProtectedMemoryFirmware {
        @Override
        public Optional<Config> config(int useCase) {
            return useCase == 1 ? config : Optional.empty();
        }

        @Override
        public Optional<MemoryRegion> lendable() {
            return Optional.of(PAGES);
        }

        @Override
        public void lend(int useCase, PhysicalRange range, List<Attribute> attributes, long cookie) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reclaim(long cookie) {
            throw new UnsupportedOperationException();
        }
    }

    private static final Carveout PAGES = new Carveout("pages@3e800000", "", false);
    private static final Carveout SECURE = new Carveout("secure@3e800000", "", true);

    private static RecordingContext startedOn(ProtectedMemoryFirmware firmware, MemoryRegion... regions) {
        try (var context = new RecordingContext(new Board(List.of(regions), Optional.of(firmware)))) {
            new LinaroHeaps().start(context);
            return context;
        }
    }

    private static Config wanting(long size, int addressBits) {
        return new Config(size, 4096, addressBits, List.of());
    }

    @Test
    void aStaticPoolIsTakenWhereThereIsOneAndALentOneWhereThereIsNot() {
        var pool = new PhysicalRange(0x3e80_1000L, 1 << 20);
        var both = startedOn(new Firmware(Optional.of(pool), Optional.of(wanting(4096, 64))), SECURE);
        assertThat(both.problems()).isEmpty();
        assertThat(total(both)).hasValue(1 << 20);

        var lent = startedOn(new Firmware(Optional.empty(), Optional.of(wanting(8192, 64))), PAGES);
        assertThat(lent.problems()).isEmpty();
        assertThat(total(lent)).hasValue(8192);
    }

    private static OptionalLong total(RecordingContext context) {
        var heap = (RecordingContext.Registration.Restricted) context.heaps().get("protected,secure-video");
        return heap.ops().status().total();
    }

    @ParameterizedTest
    @CsvSource({"0x3e800800, 0x1000", "0x3e800000, 0x1800", "0x3e800000, 0", "0x3e000000, 0x1000", "0x3ebff000, 0x2000"
    })
    void aStaticPoolThatIsNotPagesOfANoMapRegionIsReportedAndALentOneTakenInstead(String base, String size) {
        var pool = new PhysicalRange(Long.decode(base), Long.decode(size));
        var context = startedOn(new Firmware(Optional.of(pool), Optional.of(wanting(8192, 64))), SECURE, PAGES);
        assertThat(context.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.UNUSABLE_MEMORY);
            assertThat(problem.subject()).isEqualTo("OP-TEE");
            assertThat(problem.message()).contains(pool.toString());
        });
        assertThat(total(context)).hasValue(8192);
    }

    @ParameterizedTest
    @CsvSource({"8192, 29", "0x800000, 64"})
    void aLoanThatTheRegionCannotGiveIsReportedAtOnce(String size, int addressBits) {
        var context =
                startedOn(new Firmware(Optional.empty(), Optional.of(wanting(Long.decode(size), addressBits))), PAGES);
        assertThat(context.heaps()).isEmpty();
        assertThat(context.problems()).singleElement().asString().contains("addresses of " + addressBits + " bits");
    }

    @Test
    void whatTheKernelHasIsNotMadeASecondTime() {
        var kernel = FakePlatform.withKernelHeaps("protected,secure-video").kernelHeaps();
        var firmware = new Firmware(Optional.empty(), Optional.of(wanting(8192, 64)));
        try (var context = new RecordingContext(new Board(kernel, List.of(PAGES), Optional.of(firmware)))) {
            new LinaroHeaps().start(context);
            assertThat(context.heaps().get("protected,secure-video"))
                    .isInstanceOf(RecordingContext.Registration.Plain.class);
        }
    }

    private record Board(
            List<KernelHeap> kernelHeaps,
            List<MemoryRegion> regions,
            Optional<ProtectedMemoryFirmware> protectedMemoryFirmware)
            implements Platform {
        Board(List<MemoryRegion> regions, Optional<ProtectedMemoryFirmware> firmware) {
            this(List.of(), regions, firmware);
        }

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
        try (var context = new RecordingContext(new Board(List.of(regions), Optional.empty()))) {
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
        assertThat(context.log()).singleElement().asString().startsWith("DEBUG").contains("platform fake", "OP-TEE");
    }

    @Test
    void aHeapThatTheKernelMakesWhenOpteeAnswersLateIsOfferedThen() {
        var kernel = new GrowingPlatform();
        try (var context = new RecordingContext(kernel)) {
            new LinaroHeaps().start(context);
            assertThat(context.heaps()).isEmpty();
            kernel.appear("protected,secure-video");
            kernel.appear("protected,trusted-ui");
            kernel.appear("system");
            assertThat(context.heaps()).containsOnlyKeys("protected,secure-video", "protected,trusted-ui");
        }
    }
}
