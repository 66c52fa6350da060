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
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step of an allocation and of a release fails in every way, on both heaps, with the heap idle and in use. */
@ExtendWith(NoLeaks.class)
class FaultMatrixTests {
    private static final List<String> HEAPS = List.of("restricted_mtk_cm", "restricted_mtk_cma");

    private final SecureBoard board = new SecureBoard();

    /** What goes wrong. */
    private interface Fault {
        void begin(SecureBoard board);

        void end(SecureBoard board);
    }

    /** Lets a buffer be in two pieces where their list is what fails, so that it is asked for. */
    private static TeeResult inPieces(
            int failing, int asked, TaParameters parameters, TrustedApplication.Session behind) {
        TeeResult result = behind.invoke(asked, parameters);
        if (failing == RETRIEVE_SG && asked == ZALLOC && result.equals(TeeResult.SUCCESS)) {
            parameters.value(2).set(2, parameters.value(2).b());
        }
        return result;
    }

    /** A command that the application refuses. */
    private record Refused(int command, TeeResult result) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            board.interpose((asked, parameters, behind) ->
                    asked == command ? result : inPieces(command, asked, parameters, behind));
        }

        @Override
        public void end(SecureBoard board) {
            board.heal();
        }

        @Override
        public String toString() {
            return "%#x is refused: %s".formatted(command, result);
        }
    }

    /** A command in which the application panics, or after which the TEE dies. */
    private record Deadly(int command, boolean panic) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            board.interpose((asked, parameters, behind) -> {
                if (asked == command && panic) {
                    throw new IllegalStateException("of the test");
                }
                if (asked == command) {
                    board.secureWorld().kill();
                    return TeeResult.TARGET_DEAD;
                }
                return inPieces(command, asked, parameters, behind);
            });
        }

        @Override
        public void end(SecureBoard board) {
            board.secureWorld().revive();
            board.heal();
        }

        @Override
        public String toString() {
            return "%#x ends with %s".formatted(command, panic ? "a panic" : "the death of the TEE");
        }
    }

    /** An answer that makes no sense. */
    private enum Nonsense implements Fault {
        ADDRESS_ZERO(1, 0x0, MIB),
        ADDRESS_NEGATIVE(1, Long.MIN_VALUE, MIB),
        ADDRESS_NOT_OF_A_PAGE(1, 0x5000_0800, MIB),
        ADDRESS_OUTSIDE_THE_REGION(1, 0x4000_0000, MIB),
        NO_PIECES(0, 0x5000_0000, MIB),
        MINUS_ONE_PIECE(-1, 0x5000_0000, MIB),
        TOO_MANY_PIECES(1L << 40, 0x5000_0000, MIB),
        LIST_WITH_A_ZERO_ADDRESS(2, 0x0, MIB / 2),
        LIST_WITH_A_ZERO_LENGTH(2, 0x5000_0000, 0),
        LIST_THAT_IS_TOO_SHORT(2, 0x5000_0000, MIB / 4),
        LIST_OUTSIDE_THE_REGION(2, 0x4000_0000, MIB / 2);

        private final long pieces;
        private final long address;
        private final long length;

        Nonsense(long pieces, long address, long length) {
            this.pieces = pieces;
            this.address = address;
            this.length = length;
        }

        @Override
        public void begin(SecureBoard board) {
            board.interpose(this::answer);
        }

        private TeeResult answer(int command, TaParameters parameters, TrustedApplication.Session behind) {
            if (command == RETRIEVE_SG) {
                var list = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < 2; i++) {
                    list.putLong(address == 0 ? 0 : address + i * length).putInt((int) length);
                }
                parameters.memory(1).write(0, MemorySegment.ofArray(list.array()));
                return TeeResult.SUCCESS;
            }
            TeeResult result = behind.invoke(command, parameters);
            if (command == ZALLOC && result.equals(TeeResult.SUCCESS)) {
                parameters.value(2).set(pieces, address);
            }
            return result;
        }

        @Override
        public void end(SecureBoard board) {
            board.heal();
        }
    }

    /** A step below the application. */
    private record Board(FaultPoint point, boolean byNature) implements Fault {
        @Override
        public void begin(SecureBoard board) {
            if (byNature) {
                board.faults().fail(point);
            } else {
                board.faults().fail(point, Long.MAX_VALUE, () -> new IllegalStateException("of the test"));
            }
        }

        @Override
        public void end(SecureBoard board) {
            board.faults().heal(point);
        }
    }

    /** The TEE is not there, or does not answer. */
    private enum Tee implements Fault {
        ABSENT,
        DEAD;

        @Override
        public void begin(SecureBoard board) {
            if (this == ABSENT) {
                board.secureWorld().setPresent(false);
            } else {
                board.secureWorld().kill();
            }
        }

        @Override
        public void end(SecureBoard board) {
            board.secureWorld().setPresent(true);
            board.secureWorld().revive();
        }
    }

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
        var lending = Stream.of(
                        new Case(heap, new Board(FaultPoint.MIGRATE, true), false, ErrorCode.OUT_OF_MEMORY),
                        new Case(heap, new Board(FaultPoint.MIGRATE, false), false, ErrorCode.PLUGIN_FAILED),
                        new Case(heap, new Board(FaultPoint.RESTRICT, true), false, ErrorCode.TEE_FAILED),
                        new Case(heap, new Board(FaultPoint.RESTRICT, false), false, ErrorCode.DEVICE_GONE))
                .filter(one -> lent);
        var parts = command(heap, GET_REGION_NUM).filter(one -> lent && !one.inUse());
        // A death in the middle leaves nobody to give the buffer back to: see NewInstanceTests.
        var lists = command(heap, RETRIEVE_SG).filter(one -> !(one.fault() instanceof Deadly));
        return Stream.of(idle, command(heap, ZALLOC), lists, answers, host, lending, parts)
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
