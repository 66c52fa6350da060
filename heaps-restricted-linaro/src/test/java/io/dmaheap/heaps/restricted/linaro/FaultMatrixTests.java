package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.NoLeaks;
import io.dmaheap.testkit.PlatformInHand;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step of an allocation and of a release fails in every way, on every heap, with the pool idle and in use. */
@ExtendWith(NoLeaks.class)
class FaultMatrixTests {
    private static final long MIB = 1 << 20;
    private static final List<String> FIXED = List.of("sdp", "protected,secure-video");
    private static final List<String> LENT = List.of("protected,trusted-ui", "protected,secure-video-record");

    private final Emulator board = Emulator.standard();
    private final PlatformInHand platform = new PlatformInHand(board);

    enum Kind {
        BY_NATURE,
        DEVICE_GONE,
        ILLEGAL_STATE,
        STACK_OVERFLOW;

        void plan(Emulator board, FaultPoint point) {
            Supplier<? extends Throwable> failure = switch (this) {
                case BY_NATURE -> {
                    board.faults().fail(point);
                    yield null;
                }
                case DEVICE_GONE ->
                    () -> HeapException.of(ErrorCode.DEVICE_GONE, "of the test").build();
                case ILLEGAL_STATE -> () -> new IllegalStateException("of the test");
                case STACK_OVERFLOW -> () -> new StackOverflowError("of the test");
            };
            if (failure != null) {
                board.faults().fail(point, Long.MAX_VALUE, failure);
            }
        }

        void assertIs(Throwable thrown, FaultPoint point) {
            ErrorCode code = switch (this) {
                case BY_NATURE ->
                    switch (point) {
                        case HOST_MEMORY, MIGRATE, LEND -> ErrorCode.OUT_OF_MEMORY;
                        default -> ErrorCode.SYSTEM_ERROR;
                    };
                case DEVICE_GONE -> ErrorCode.DEVICE_GONE;
                case ILLEGAL_STATE, STACK_OVERFLOW -> ErrorCode.PLUGIN_FAILED;
            };
            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(code));
        }
    }

    record Case(String heap, FaultPoint point, Kind kind, boolean inUse) {}

    static Stream<Case> allocations() {
        var fixed = cases(FIXED, List.of(FaultPoint.HOST_MEMORY), List.of(true, false));
        var lending = cases(LENT, List.of(FaultPoint.MIGRATE, FaultPoint.LEND, FaultPoint.RESTRICT), List.of(false));
        var dividing = cases(LENT, List.of(FaultPoint.HOST_MEMORY), List.of(true, false));
        return Stream.of(fixed, lending, dividing).flatMap(List::stream);
    }

    static Stream<Case> releases() {
        var points = List.of(FaultPoint.RECLAIM, FaultPoint.UNRESTRICT, FaultPoint.SCRUB, FaultPoint.TAKE_BACK);
        return cases(LENT, points, List.of(false)).stream();
    }

    private static List<Case> cases(List<String> heaps, List<FaultPoint> points, List<Boolean> inUse) {
        return heaps.stream()
                .flatMap(heap -> points.stream()
                        .flatMap(point -> Stream.of(Kind.values())
                                .flatMap(kind -> inUse.stream().map(used -> new Case(heap, point, kind, used)))))
                .toList();
    }

    @BeforeAll
    static void count() {
        System.out.println(
                "fault matrix of heaps-restricted-linaro: " + allocations().count() + " allocations, "
                        + releases().count() + " releases, " + releases().count() + " failing both ways");
    }

    @ParameterizedTest
    @MethodSource("allocations")
    void anAllocationThatFailsLeavesNothingBehind(Case one) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            DmaBuf other = one.inUse() ? heap.allocate(MIB) : null;
            Usage before = heaps.usage();
            long free = heap.info().free().getAsLong();

            one.kind().plan(board, one.point());
            one.kind().assertIs(catchThrowable(() -> heap.allocate(MIB)), one.point());
            assertThat(heaps.usage()).isEqualTo(before);
            assertThat(heap.info().free()).hasValue(free);
            assertThat(heaps.problems()).isEmpty();

            board.faults().heal(one.point());
            heap.allocate(free).close();
            if (other != null) {
                other.close();
            }
            assertThat(board.faults().passages(FaultPoint.RECLAIM))
                    .as("what was protected was given back")
                    .isEqualTo(LENT.contains(one.heap()) ? expectedReclaims(one) : 0);
        }
    }

    /** The last one that succeeds, and the one that failed if it had come as far as a loan. */
    private static long expectedReclaims(Case one) {
        return one.point() == FaultPoint.HOST_MEMORY && !one.inUse() ? 2 : 1;
    }

    @ParameterizedTest
    @MethodSource("releases")
    void memoryWhoseProtectionDoesNotEndIsQuarantinedAndUsedForNothing(Case one) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            DmaBuf buffer = heap.allocate(MIB);
            buffer.exportFd().close();
            one.kind().plan(board, one.point());
            buffer.close();
            board.faults().heal(one.point());

            long pool = heap.info().total().getAsLong();
            assertThat(heaps.problems())
                    .as("the buffer, and the rest of the pool with it")
                    .allSatisfy(problem -> {
                        assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
                        assertThat(problem.subject()).isEqualTo(one.heap());
                    })
                    .extracting(problem -> problem.message().replaceFirst(" .*", ""))
                    .containsExactlyInAnyOrder("" + MIB, "" + (pool - MIB));
            assertOutOfService(heaps, heap);
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void anAllocationThatFailsAndCannotBeUndoneQuarantinesThePoolToo(Case one) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            board.faults().fail(FaultPoint.HOST_MEMORY, 1);
            one.kind().plan(board, one.point());
            assertThatThrownBy(() -> heap.allocate(MIB)).isInstanceOfSatisfying(HeapException.class, refusal -> {
                assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                assertThat(refusal.getSuppressed()).hasSize(1);
            });
            board.faults().heal(one.point());

            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED));
            assertOutOfService(heaps, heap);
        }
    }

    /** Neither the heap gives any of it out, nor the normal world, and all of it is counted. */
    private void assertOutOfService(Heaps heaps, Heap heap) {
        assertThat(heaps.usage())
                .isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, heap.info().total().getAsLong(), 0));
        assertThatThrownBy(() -> heap.allocate(4096))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
                .hasMessageContaining("quarantined");
        assertThat(heap.info().openable().yes()).isFalse();
        assertThat(heap.info().free()).hasValue(0);
        var pages = platform.region("tee-dma@6a000000");
        assertThatThrownBy(() -> pages.take(0, AllocationRequest.of(4096))).hasMessageContaining("lent");
    }

    @Test
    void pagesThatWereProtectedThoughTheLoanFailedAreWithheldAndOthersAreLent() {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find("protected,trusted-ui").orElseThrow()) {
            long pool = heap.info().total().getAsLong();
            board.faults().meet(FaultPoint.RESTRICT, board.secureWorld()::kill);
            assertThatThrownBy(() -> heap.allocate(MIB))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.DEVICE_GONE));
            board.faults().heal(FaultPoint.RESTRICT);
            board.secureWorld().revive();

            assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, pool, 0));
            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED));
            heap.allocate(pool).close();
            assertThat(heap.info().free()).hasValue(pool);
        }
    }

    @ParameterizedTest
    @EnumSource
    void pagesThatDoNotComeBackFromALoanThatFailedAreWithheldAndOthersAreLent(Kind kind) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find("protected,trusted-ui").orElseThrow()) {
            long pool = heap.info().total().getAsLong();
            board.faults().fail(FaultPoint.LEND, 1);
            kind.plan(board, FaultPoint.TAKE_BACK);
            Kind.BY_NATURE.assertIs(catchThrowable(() -> heap.allocate(MIB)), FaultPoint.LEND);
            board.faults().heal(FaultPoint.TAKE_BACK);

            assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, pool, 0));
            assertThat(heaps.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED));
            heap.allocate(pool).close();
            assertThat(heap.info().free()).hasValue(pool);
        }
    }
}
