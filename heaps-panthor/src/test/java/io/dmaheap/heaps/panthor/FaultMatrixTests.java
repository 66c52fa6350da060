package io.dmaheap.heaps.panthor;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step of an allocation and of a release fails in every way. */
@ExtendWith(NoLeaks.class)
class FaultMatrixTests {
    private static final long MIB = 1 << 20;
    private static final String NAME = "protected@66000000";

    private final Emulator board = Emulator.standard();
    private final PlatformInHand platform = new PlatformInHand(board);

    enum Kind {
        BY_NATURE,
        DEVICE_GONE,
        ILLEGAL_STATE,
        STACK_OVERFLOW;

        void plan(Emulator board, FaultPoint point) {
            switch (this) {
                case BY_NATURE -> board.faults().fail(point);
                case DEVICE_GONE ->
                    board.faults()
                            .fail(
                                    point,
                                    Long.MAX_VALUE,
                                    () -> HeapException.of(ErrorCode.DEVICE_GONE, "of the test")
                                            .build());
                case ILLEGAL_STATE ->
                    board.faults().fail(point, Long.MAX_VALUE, () -> new IllegalStateException("of the test"));
                case STACK_OVERFLOW ->
                    board.faults().fail(point, Long.MAX_VALUE, () -> new StackOverflowError("of the test"));
            }
        }

        ErrorCode expected(FaultPoint point) {
            return switch (this) {
                case BY_NATURE -> point == FaultPoint.RESTRICT ? ErrorCode.SYSTEM_ERROR : ErrorCode.OUT_OF_MEMORY;
                case DEVICE_GONE -> ErrorCode.DEVICE_GONE;
                case ILLEGAL_STATE, STACK_OVERFLOW -> ErrorCode.PLUGIN_FAILED;
            };
        }
    }

    record Case(FaultPoint point, Kind kind) {}

    static Stream<Case> allocations() {
        return cases(List.of(FaultPoint.MIGRATE, FaultPoint.HOST_MEMORY, FaultPoint.RESTRICT));
    }

    static Stream<Case> releases() {
        return cases(List.of(FaultPoint.UNRESTRICT, FaultPoint.SCRUB, FaultPoint.TAKE_BACK));
    }

    /** What fails as an allocation is undone, after it failed at one point or another. */
    static Stream<Arguments> undoing() {
        return cases(List.of(FaultPoint.TAKE_BACK))
                .flatMap(undo ->
                        Stream.of(FaultPoint.HOST_MEMORY, FaultPoint.RESTRICT).map(first -> Arguments.of(first, undo)));
    }

    private static Stream<Case> cases(List<FaultPoint> points) {
        return points.stream().flatMap(point -> Stream.of(Kind.values()).map(kind -> new Case(point, kind)));
    }

    @BeforeAll
    static void count() {
        System.out.println("fault matrix of heaps-panthor: " + allocations().count() + " allocations, "
                + releases().count() + " releases, " + undoing().count() + " failing both ways");
    }

    @ParameterizedTest
    @MethodSource("allocations")
    void anAllocationThatFailsLeavesNothingBehind(Case one) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find(NAME).orElseThrow();
                DmaBuf other = heap.allocate(MIB)) {
            Usage before = heaps.usage();
            one.kind().plan(board, one.point());
            assertThat(catchThrowable(() -> heap.allocate(MIB)))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code())
                                    .isEqualTo(one.kind().expected(one.point())));
            board.faults().heal(one.point());

            assertThat(heaps.usage()).isEqualTo(before);
            assertThat(heaps.problems()).isEmpty();
            assertThat(heap.info().free()).hasValue(15 * MIB);
            heap.allocate(15 * MIB).close();
            other.close();
            platform.region(NAME).take(0, AllocationRequest.of(16 * MIB)).release();
        }
    }

    @ParameterizedTest
    @MethodSource("undoing")
    void anAllocationThatFailsAndCannotBeUndoneIsQuarantinedAndTheRestGoesOn(FaultPoint first, Case undo) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find(NAME).orElseThrow()) {
            board.faults().fail(first, 1);
            undo.kind().plan(board, undo.point());
            assertThatThrownBy(() -> heap.allocate(MIB))
                    .isInstanceOfSatisfying(
                            HeapException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Kind.BY_NATURE.expected(first)));
            board.faults().heal(undo.point());

            assertQuarantined(heaps, heap);
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void memoryThatDoesNotComeBackIsQuarantinedAndTheRestGoesOn(Case one) {
        try (Heaps heaps = platform.open();
                Heap heap = heaps.find(NAME).orElseThrow()) {
            DmaBuf buffer = heap.allocate(MIB);
            buffer.exportFd().close();
            one.kind().plan(board, one.point());
            buffer.close();
            board.faults().heal(one.point());

            assertQuarantined(heaps, heap);
        }
    }

    private void assertQuarantined(Heaps heaps, Heap heap) {
        assertThat(heaps.usage()).isEqualTo(new Usage(1, 0, 0, 0, 0, 0, 0, MIB, 0));
        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
            assertThat(problem.subject()).isEqualTo(NAME);
        });
        assertThatThrownBy(() -> platform.region(NAME).take(0, AllocationRequest.of(4096)))
                .hasMessageContaining("lent");
        assertThat(heap.info().free()).hasValue(15 * MIB);
        heap.allocate(15 * MIB).close();
        assertThatThrownBy(() -> heap.allocate(16 * MIB)).hasMessageContaining("quarantined");
    }
}
