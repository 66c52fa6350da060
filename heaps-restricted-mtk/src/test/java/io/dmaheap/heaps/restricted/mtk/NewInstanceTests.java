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
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import io.dmaheap.testkit.NoLeaks;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory application panics. The next instance knows nothing of what this one gave out, and numbers its handles from the start. */
@ParameterizedClass
@ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
@ExtendWith(NoLeaks.class)
class NewInstanceTests {
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");

    private final SecureBoard board = new SecureBoard();
    private final Heaps heaps = board.open();

    @Parameter
    String name;

    private Heap heap;

    @BeforeEach
    void find() {
        heap = heaps.find(name).orElseThrow();
    }

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
    }

    /** The application panics as it is asked for memory, and whoever asked is told. */
    private void panic() {
        board.interpose((command, parameters, behind) -> {
            throw new IllegalStateException("of the test");
        });
        assertThatThrownBy(() -> heap.allocate(MIB))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE));
        board.heal();
    }

    private long taken() {
        return heap.info().total().orElseThrow() - heap.info().free().orElseThrow();
    }

    private static long sum(TeeSession video, TeeMemory frame) {
        return video.invoke(1, frame.in(), TeeParameter.valueOut()).value(1).a();
    }

    @Test
    void theEndOfABufferFromBeforeIsNotTheEndOfOneThatHasItsHandleNow() {
        DmaBuf first = heap.allocate(MIB);
        DmaBuf second = heap.allocate(MIB);
        panic();
        try (var tee = heaps.openTee("tee0");
                var video = tee.openSession(VIDEO);
                DmaBuf mine = heap.allocate(2 * MIB);
                TeeMemory frame = tee.register(mine)) {
            assertThat(SecureBoard.placeOf(heaps, mine)).isEqualTo(board.baseOf(name) + 2 * MIB);
            video.invoke(0, frame.out(), TeeParameter.valueIn(7, 0));
            long written = sum(video, frame);

            first.close();
            second.close();
            assertThat(board.commands(FREE))
                    .as("handles that another may have now")
                    .isEmpty();
            assertThat(heaps.usage().quarantined()).isEqualTo(2 * MIB);
            assertThat(heaps.problems()).hasSize(2).allSatisfy(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED);
                assertThat(problem.message()).contains("the secure world was gone");
            });
            try (DmaBuf third = heap.allocate(MIB)) {
                assertThat(SecureBoard.placeOf(heaps, third)).isEqualTo(board.baseOf(name) + 4 * MIB);
            }
            assertThat(sum(video, frame)).as("sum of all bytes").isEqualTo(written);
        }
        assertThat(board.commands(FREE)).as("those of this instance").hasSize(2);
        assertThat(taken()).isEqualTo(2 * MIB);
    }

    @Test
    void whatABufferFromBeforeHasIsNobodyElsesWhenItIsGivenOutAgain() {
        try (DmaBuf before = heap.allocate(2 * MIB)) {
            panic();
            for (int i = 1; i <= 2; i++) {
                try (DmaBuf next = heap.allocate(MIB)) {
                    assertThat(SecureBoard.placeOf(heaps, next)).isEqualTo(board.baseOf(name) + 2 * MIB);
                    assertThat(taken()).isEqualTo(3 * MIB);
                }
            }
            assertThat(SecureBoard.placeOf(heaps, before)).isEqualTo(board.baseOf(name));
            assertThat(heaps.usage().quarantined()).as("it is still a buffer").isZero();
        }
        assertThat(heaps.usage().quarantined()).isEqualTo(2 * MIB);
        assertThat(taken()).isEqualTo(2 * MIB);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBufferOfWhichItDoesNotSayWhereItIsAnyMoreIsWithheldWithoutAPlace(boolean withTheTee) {
        board.interpose((command, parameters, behind) -> {
            if (command == RETRIEVE_SG && withTheTee) {
                board.secureWorld().kill();
            } else if (command == RETRIEVE_SG) {
                throw new IllegalStateException("of the test");
            }
            TeeResult result = behind.invoke(command, parameters);
            if (command == ZALLOC) {
                parameters.value(2).set(2, parameters.value(2).b());
            }
            return result;
        });
        assertThatThrownBy(() -> heap.allocate(MIB)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE);
            assertThat(e.getSuppressed()).hasSize(1);
        });
        board.heal();
        board.secureWorld().revive();
        assertThat(board.commands(FREE)).isEmpty();
        assertThat(heaps.usage().quarantined()).isEqualTo(MIB);
        assertThat(taken()).isEqualTo(MIB);
        heap.allocate(MIB).close();
        assertThat(board.isIdle()).as("what is withheld pins the loan").isEqualTo(name.endsWith("cm"));
    }

    @Test
    void withoutBuffersItStartsAfreshAndNothingIsLost() {
        heap.allocate(MIB).close();
        panic();
        heap.allocate(heap.info().total().orElseThrow()).close();
        assertThat(heaps.usage().quarantined()).isZero();
        assertThat(board.isIdle()).isTrue();
    }
}
