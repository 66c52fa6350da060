package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.FREE;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.GET_REGION_NUM;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.RETRIEVE_SG;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.heaps.restricted.mtk.Fault.Board;
import io.dmaheap.heaps.restricted.mtk.Fault.Deadly;
import io.dmaheap.heaps.restricted.mtk.Fault.Nonsense;
import io.dmaheap.heaps.restricted.mtk.Fault.Refused;
import io.dmaheap.heaps.restricted.mtk.Fault.Tee;
import io.dmaheap.heaps.restricted.mtk.Fault.Unshared;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.testkit.NoLeaks;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every step of an allocation and of a release fails in every way, on both heaps, with the heap idle and in use. */
@ExtendWith(NoLeaks.class)
class FaultMatrixTests {
    private static final String LENT = "restricted_mtk_cma";
    private static final List<String> HEAPS = List.of("restricted_mtk_cm", "restricted_mtk_cma");

    private final SecureBoard board = new SecureBoard();

    record Case(String heap, Fault fault, boolean inUse, ErrorCode code) {
        /** Whether what is in use outlives the session that gave it out. */
        boolean isDeathInUse() {
            return inUse && (fault instanceof Tee || fault instanceof Deadly);
        }
    }

    private static Stream<Case> both(String heap, Fault fault, ErrorCode code) {
        return Stream.of(new Case(heap, fault, false, code), new Case(heap, fault, true, code));
    }

    private static Stream<Case> command(String heap, int command) {
        return Stream.of(
                        both(heap, new Refused(command, TeeResult.OUT_OF_MEMORY), ErrorCode.OUT_OF_MEMORY),
                        both(heap, new Refused(command, TeeResult.GENERIC), ErrorCode.TEE_FAILED),
                        both(heap, new Refused(command, TeeResult.BUSY), ErrorCode.TEE_FAILED),
                        both(heap, new Refused(command, TeeResult.ACCESS_DENIED), ErrorCode.TEE_FAILED),
                        both(heap, new Refused(command, new TeeResult(0x1234)), ErrorCode.TEE_FAILED),
                        both(heap, new Deadly(command, true), ErrorCode.DEVICE_GONE),
                        both(heap, new Deadly(command, false), ErrorCode.DEVICE_GONE))
                .flatMap(cases -> cases);
    }

    static Stream<Case> allocations() {
        return HEAPS.stream().flatMap(FaultMatrixTests::allocationsOf).filter(one -> !one.isDeathInUse());
    }

    static Stream<Case> deaths() {
        return HEAPS.stream().flatMap(FaultMatrixTests::allocationsOf).filter(Case::isDeathInUse);
    }

    private static Stream<Case> allocationsOf(String heap) {
        boolean lent = heap.endsWith("cma");
        var idle = Stream.of(
                new Case(heap, Tee.ABSENT, false, ErrorCode.DEVICE_GONE),
                new Case(heap, Tee.DEAD, false, ErrorCode.DEVICE_GONE),
                new Case(heap, Tee.DEAD, true, ErrorCode.DEVICE_GONE));
        var answers = Stream.of(Nonsense.values()).flatMap(fault -> both(heap, fault, ErrorCode.SYSTEM_ERROR));
        var host = Stream.concat(
                both(heap, new Board(FaultPoint.HOST_MEMORY, true), ErrorCode.OUT_OF_MEMORY),
                both(heap, new Board(FaultPoint.HOST_MEMORY, false), ErrorCode.PLUGIN_FAILED));
        var sharing = Stream.concat(
                both(heap, new Unshared(true), ErrorCode.OUT_OF_MEMORY),
                both(heap, new Unshared(false), ErrorCode.PLUGIN_FAILED));
        var lending = Stream.of(
                        new Case(heap, new Board(FaultPoint.MIGRATE, true), false, ErrorCode.OUT_OF_MEMORY),
                        new Case(heap, new Board(FaultPoint.MIGRATE, false), false, ErrorCode.PLUGIN_FAILED),
                        new Case(heap, new Board(FaultPoint.RESTRICT, true), false, ErrorCode.TEE_FAILED),
                        new Case(heap, new Board(FaultPoint.RESTRICT, false), false, ErrorCode.DEVICE_GONE))
                .filter(one -> lent);
        var parts = command(heap, GET_REGION_NUM).filter(one -> lent && !one.inUse());
        // A death in the middle leaves nobody to give the buffer back to: see NewInstanceTests.
        var lists = command(heap, RETRIEVE_SG).filter(one -> !(one.fault() instanceof Deadly));
        return Stream.of(idle, command(heap, ZALLOC), lists, answers, host, sharing, lending, parts)
                .flatMap(cases -> cases);
    }

    static Stream<Case> releases() {
        return HEAPS.stream()
                .flatMap(heap -> Stream.concat(
                        Stream.concat(command(heap, FREE), both(heap, Tee.DEAD, ErrorCode.DEVICE_GONE)),
                        Stream.of(FaultPoint.UNRESTRICT, FaultPoint.SCRUB)
                                .filter(point -> heap.endsWith("cma"))
                                .map(point -> new Case(heap, new Board(point, true), false, ErrorCode.TEE_FAILED))));
    }

    @BeforeAll
    static void count() {
        System.out.println("fault matrix of heaps-restricted-mtk: "
                + allocations().count() + " allocations, " + deaths().count() + " deaths, "
                + releases().count() + " releases, " + releases().count() + " failing both ways");
    }

    @ParameterizedTest
    @MethodSource("allocations")
    void anAllocationThatFailsLeavesNothingBehind(Case one) {
        try (Heaps heaps = board.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            DmaBuf other = one.inUse() ? heap.allocate(MIB) : null;
            Usage before = heaps.usage();
            long free = heap.info().free().getAsLong();

            one.fault().begin(board);
            var refusal = catchThrowableOfType(HeapException.class, () -> heap.allocate(MIB));
            one.fault().end(board);

            assertThat(refusal.code()).isEqualTo(one.code());
            assertThat(refusal.getSuppressed()).as("what could not be undone").isEmpty();
            assertThat(heaps.usage()).isEqualTo(before);
            assertThat(heap.info().free()).hasValue(free);
            assertThat(heaps.problems()).isEmpty();
            heap.allocate(free).close();
            if (other != null) {
                other.close();
            }
            assertThat(heaps.problems()).isEmpty();
            assertThat(board.isIdle()).as("the region came back").isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void whatIsInUseWhileTheSecureWorldDiesIsWithheldAtItsEnd(Case one) {
        try (Heaps heaps = board.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            long total = heap.info().total().getAsLong();
            try (DmaBuf other = heap.allocate(MIB)) {
                Usage before = heaps.usage();

                one.fault().begin(board);
                var refusal = catchThrowableOfType(HeapException.class, () -> heap.allocate(MIB));
                one.fault().end(board);

                assertThat(refusal.code()).isEqualTo(one.code());
                assertThat(refusal.getSuppressed()).isEmpty();
                assertThat(heaps.usage()).isEqualTo(before);
                try (DmaBuf next = heap.allocate(2 * MIB)) {
                    assertThat(SecureBoard.placeOf(heaps, next))
                            .isGreaterThanOrEqualTo(SecureBoard.placeOf(heaps, other) + MIB);
                }
                assertThat(heap.info().free())
                        .hasValue(total - MIB - heaps.usage().quarantined());
            }
            assertThat(heap.info().free()).hasValue(total - heaps.usage().quarantined());
            assertThat(heaps.usage().quarantined()).isBetween(MIB, 2 * MIB);
            assertThat(board.isIdle())
                    .as("what is withheld pins the loan")
                    .isEqualTo(one.heap().endsWith("cm"));
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void aBufferThatTheSecureWorldKeepsIsWithheldAndUsedForNothing(Case one) {
        try (Heaps heaps = board.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            DmaBuf other = one.inUse() ? heap.allocate(MIB) : null;
            DmaBuf buffer = heap.allocate(2 * MIB);
            long free = heap.info().free().getAsLong();

            one.fault().begin(board);
            buffer.close();
            one.fault().end(board);

            assertThat(heaps.usage().quarantined()).isEqualTo(2 * MIB);
            assertThat(heap.info().free()).as("withheld").hasValue(free);
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
                assertThat(problem.subject()).isEqualTo(one.heap());
            });
            if (other != null) {
                other.close();
            }
            assertThat(board.isIdle())
                    .as("what is withheld pins the loan")
                    .isEqualTo(one.heap().endsWith("cm"));
            assertThat(heaps.usage().buffers()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void anAllocationThatFailsAndCannotBeUndoneIsWithheldAndUsedForNothing(Case one) {
        try (Heaps heaps = board.open();
                Heap heap = heaps.find(one.heap()).orElseThrow()) {
            DmaBuf other = one.inUse() ? heap.allocate(MIB) : null;
            int others = one.inUse() ? 1 : 0;
            long total = heap.info().total().getAsLong();
            long free = heap.info().free().getAsLong();

            // The buffer is given out, then the host has no memory for it, and from then on the second fault holds.
            board.faults().fail(FaultPoint.HOST_MEMORY, 1);
            board.faults().meet(FaultPoint.HOST_MEMORY, () -> one.fault().begin(board));
            var refusal = catchThrowableOfType(HeapException.class, () -> heap.allocate(2 * MIB));
            one.fault().end(board);
            board.faults().heal(FaultPoint.HOST_MEMORY);

            assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(refusal.getSuppressed()).hasSize(1);
            assertThat(heaps.usage()).isEqualTo(new Usage(1, others, others, others * MIB, 0, 0, 0, 2 * MIB, 0));
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
                assertThat(problem.message()).startsWith("2097152 bytes");
            });
            assertThat(heap.info().free()).as("withheld").hasValue(free - 2 * MIB);
            assertThatThrownBy(() -> heap.allocate(free))
                    .hasMessageContaining("do not fit")
                    .hasMessageContaining(total - free + 2 * MIB + " are in use");
            long withheld = board.baseOf(one.heap()) + others * MIB;
            assertThat(placesOfTheNext(heaps, heap))
                    .noneMatch(place ->
                            place.address() < withheld + 2 * MIB && withheld < place.address() + place.length());
            if (other != null) {
                other.close();
            }
            assertThat(heaps.usage().buffers()).isZero();
            assertThat(board.isIdle())
                    .as("what is withheld pins the loan")
                    .isEqualTo(one.heap().endsWith("cm"));
        }
    }

    /** Closes the last buffer of the heap that lends, which then keeps its pages and says so. */
    private void keepTheLoan(Heaps heaps, int refusals) {
        try (Heap heap = heaps.find(LENT).orElseThrow()) {
            DmaBuf last = heap.allocate(MIB);
            board.faults().fail(FaultPoint.TAKE_BACK, refusals);
            last.close();
        }
        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
            assertThat(problem.subject()).isEqualTo(LENT);
            assertThat(problem.message()).contains("could not be taken back");
        });
        assertThat(heaps.usage().quarantined()).isZero();
    }

    @Test
    void thatPagesDidNotComeBackIsAProblemUntilTheyDo() {
        try (Heaps heaps = board.open()) {
            keepTheLoan(heaps, 1);
            try (Heap heap = heaps.find(LENT).orElseThrow()) {
                heap.allocate(MIB).close();
            }

            assertThat(heaps.problems()).isEmpty();
            assertThat(board.isIdle()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void atTheEndOfTheHeapPagesComeBackOrAreQuarantined(int refusals) {
        Heaps heaps = board.open();
        long size = board.lendable().size();
        keepTheLoan(heaps, refusals);

        heaps.close();

        if (refusals == 1) {
            assertThat(heaps.problems()).isEmpty();
            assertThat(heaps.usage().quarantined()).isZero();
        } else {
            assertThat(heaps.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
                assertThat(problem.message()).startsWith(size + " bytes").contains("withheld");
            });
            assertThat(heaps.usage().quarantined()).isEqualTo(size);
        }
    }

    /** Where a buffer more lies; nowhere if the secure world cannot give out anything after what happened to it. */
    private static List<Segment> placesOfTheNext(Heaps heaps, Heap heap) {
        try (DmaBuf next = heap.allocate(MIB);
                var attachment = heaps.device("decoder").orElseThrow().attach(next);
                var mapping = attachment.map(Access.READ)) {
            return mapping.segments();
        } catch (HeapException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            return List.of();
        }
    }
}
