package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.FREE;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.RETRIEVE_SG;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.testkit.NoLeaks;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reviewers found wrong with the kernel series, or what reading it shows; each with the version that had it. */
@ExtendWith(NoLeaks.class)
class KnownDefectsTests {
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private final SecureBoard board = new SecureBoard();
    private final Heaps heaps = board.open();
    private final Heap cm = heaps.find("restricted_mtk_cm").orElseThrow();
    private final Heap cma = heaps.find("restricted_mtk_cma").orElseThrow();

    @AfterEach
    void close() {
        cm.close();
        cma.close();
        heaps.close();
    }

    private Heap heap(String name) {
        return name.endsWith("cm") ? cm : cma;
    }

    @ParameterizedTest
    @ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
    void v5LeftAnErrorBehindForAContextWhenTheTeeWasMissingAndNeverTriedAgain(String name) {
        board.secureWorld().setPresent(false);
        assertThatThrownBy(() -> heap(name).allocate(MIB)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE);
            assertThat(e.errno()).contains("ENODEV");
        });
        board.secureWorld().setPresent(true);
        heap(name).allocate(MIB).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
    void v5KeptTheClosedContextWhenTheSessionFailed(String name) {
        board.secureWorld().kill();
        assertThatThrownBy(() -> heap(name).allocate(MIB))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE));
        board.secureWorld().revive();
        heap(name).allocate(MIB).close();
    }

    @Test
    void v5AnsweredZeroForABlockListWithAZeroAddress() {
        board.interpose((command, parameters, behind) -> {
            TeeResult result = behind.invoke(command, parameters);
            if (command == ZALLOC) {
                parameters.value(2).set(2, 0);
            } else if (command == RETRIEVE_SG) {
                parameters.memory(1).write(0, MemorySegment.ofArray(new byte[24]));
            }
            return result;
        });
        assertThatThrownBy(() -> cm.allocate(MIB))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("memory that cannot be: 0 bytes at 0x0");
        assertThat(board.commands(FREE)).as("the buffer went back").hasSize(1);
        board.heal();
        cm.allocate(board.fixed().size()).close();
    }

    /** So did a table of pieces that could not be allocated; here the table is the memory that is shared. */
    @ParameterizedTest
    @ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
    void v5AnsweredZeroForABlockListThatCouldNotBeShared(String name) {
        board.interpose((command, parameters, behind) -> {
            TeeResult result = behind.invoke(command, parameters);
            if (command == ZALLOC) {
                parameters.value(2).set(2, parameters.value(2).b());
            }
            return result;
        });
        board.faults().fail(FaultPoint.SHARE, 1);
        assertThatThrownBy(() -> heap(name).allocate(MIB)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(e.errno()).contains("ENOMEM");
            assertThat(e).hasMessageContaining("to share with the secure world");
        });
        assertThat(board.commands(RETRIEVE_SG)).as("asked for the list").isEmpty();
        assertThat(board.commands(FREE)).as("the buffer went back").hasSize(1);
        assertThat(heaps.problems()).isEmpty();
    }

    @Test
    void v5TestedTheCapacityForLaterBuffersOnly() {
        long size = board.lendable().size();
        assertThatThrownBy(() -> cma.allocate(size + 4096)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(e).hasMessageContaining("0 are in use");
        });
        try (DmaBuf first = cma.allocate(MIB)) {
            assertThat(first.size()).isEqualTo(MIB);
            assertThatThrownBy(() -> cma.allocate(size - MIB + 4096))
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
        }
        assertThat(board.commands(ZALLOC))
                .as("requests that reached the secure world")
                .hasSize(1);
    }

    @Test
    void v1ToldTheRegionWithTheFirstRequestOnly() {
        cma.allocate(MIB).close();
        try (DmaBuf one = cma.allocate(MIB);
                DmaBuf two = cma.allocate(MIB)) {
            assertThat(one).isNotSameAs(two);
        }
        assertThat(board.commands(ZALLOC)).hasSize(3).allSatisfy(command -> {
            assertThat(command.type()).isEqualTo(2);
            assertThat(command.base()).isEqualTo(board.lendable().base());
            assertThat(command.lent()).isEqualTo(board.lendable().size());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
    void v5WentOnWhenTheSecureWorldKeptABuffer(String name) {
        DmaBuf buffer = heap(name).allocate(MIB);
        board.interpose((command, parameters, behind) -> {
            if (command == FREE) {
                parameters.value(1).set(Integer.toUnsignedLong(TeeResult.BUSY.code()), 0);
                return TeeResult.SUCCESS;
            }
            return behind.invoke(command, parameters);
        });
        buffer.close();

        assertThat(heaps.usage()).isEqualTo(new Usage(2, 0, 0, 0, 0, 0, 0, MIB));
        assertThat(heaps.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
            assertThat(problem.message()).contains("BUSY (0xffff000d) from TRUSTED_APP");
        });
        board.heal();
        try (DmaBuf next = heap(name).allocate(MIB)) {
            assertThat(next.size()).isEqualTo(MIB);
        }
        assertThat(board.isIdle()).as("what is withheld pins the loan").isEqualTo(name.endsWith("cm"));
    }

    @Test
    void theSecureWorldLetsGoBeforeTheRegionComesBack() {
        DmaBuf buffer = cma.allocate(MIB);
        board.interpose((command, parameters, behind) -> {
            assertThat(board.isIdle()).as("lent while the buffer is freed").isFalse();
            return behind.invoke(command, parameters);
        });
        buffer.close();
        assertThat(heaps.problems()).isEmpty();
        assertThat(board.isIdle()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
    void theNextOwnerFindsZeros(String name) {
        try (var tee = heaps.openTee("tee0");
                var video = tee.openSession(VIDEO)) {
            for (int owner = 0; owner < 2; owner++) {
                try (DmaBuf buffer = heap(name).allocate(MIB);
                        TeeMemory frame = tee.register(buffer)) {
                    assertThat(video.invoke(1, frame.in(), TeeParameter.valueOut())
                                    .value(1)
                                    .a())
                            .as("sum of all bytes")
                            .isZero();
                    video.invoke(0, frame.out(), TeeParameter.valueIn(7, 0));
                }
            }
        }
    }

    @Test
    void theRegionIsClearedBeforeTheNormalWorldHasItBack() {
        List<DmaBuf> buffers = List.of(cma.allocate(MIB), cma.allocate(2 * MIB));
        assertThat(board.faults().passages(FaultPoint.SCRUB)).isZero();
        buffers.forEach(DmaBuf::close);
        assertThat(board.faults().passages(FaultPoint.SCRUB)).isOne();
        assertThat(board.isIdle()).isTrue();
    }
}
