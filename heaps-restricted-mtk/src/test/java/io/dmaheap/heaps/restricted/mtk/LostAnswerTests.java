package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.FREE;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.testkit.NoLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The TEE does what it is asked, and dies before it can say so: the two worlds do not agree any more on what is whose. */
@ParameterizedClass
@ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
@ExtendWith(NoLeaks.class)
class LostAnswerTests {
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

    private Segment place(DmaBuf buffer) {
        try (var attachment = heaps.device("decoder").orElseThrow().attach(buffer);
                var mapping = attachment.map(Access.READ)) {
            return mapping.segments().getFirst();
        }
    }

    private void loseTheAnswerTo(int lost, Runnable during) {
        board.interpose((command, parameters, behind) -> {
            var result = behind.invoke(command, parameters);
            if (command == lost) {
                board.secureWorld().kill();
            }
            return result;
        });
        during.run();
        board.heal();
        board.secureWorld().revive();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "1, 2", "5, 5"})
    void whatIsWithheldIsNotUsedAgainThoughTheSecureWorldLetGoOfIt(int asked, int withheld) {
        DmaBuf freed = heap.allocate(2 * MIB);
        Segment before = place(freed);
        loseTheAnswerTo(FREE, freed::close);
        assertThat(heaps.usage().quarantined()).isEqualTo(2 * MIB);

        try (DmaBuf next = heap.allocate(asked * MIB)) {
            Segment after = place(next);
            assertThat(after.address()).isGreaterThanOrEqualTo(before.address() + before.length());
            assertThat(heaps.usage().quarantined()).isEqualTo(withheld * MIB);
            assertThat(heap.info().total().orElseThrow() - heap.info().free().orElseThrow())
                    .isEqualTo((asked + withheld) * MIB);
        }
        assertThat(board.isIdle()).as("what is withheld pins the loan").isEqualTo(name.endsWith("cm"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBufferThatNobodyHeardOfKeepsTheRegionLentAndTheHeapGoesOn(boolean inUse) {
        DmaBuf other = inUse ? heap.allocate(MIB) : null;
        loseTheAnswerTo(
                ZALLOC,
                () -> assertThatThrownBy(() -> heap.allocate(MIB))
                        .isInstanceOfSatisfying(
                                HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE)));
        assertThat(heaps.usage().quarantined()).isZero();
        try (DmaBuf next = heap.allocate(MIB)) {
            assertThat(next.size()).isEqualTo(MIB);
        }
        if (other != null) {
            other.close();
        }
        assertThat(heap.info().total().orElseThrow() - heap.info().free().orElseThrow())
                .as("nobody counts it, but what another session gave out")
                .isEqualTo(heaps.usage().quarantined())
                .isEqualTo(inUse ? MIB : 0);
        assertThat(board.isIdle()).as("protected for a buffer that nobody has").isEqualTo(name.endsWith("cm"));
    }

    @Test
    void oneThatGivesOutTheSameAgainAndAgainIsNotAskedForEver() {
        DmaBuf freed = heap.allocate(MIB);
        long place = place(freed).address();
        loseTheAnswerTo(FREE, freed::close);
        board.interpose((command, parameters, behind) -> {
            var result = behind.invoke(command, parameters);
            if (command == ZALLOC) {
                parameters.value(2).set(1, place);
            }
            return result;
        });
        assertThatThrownBy(() -> heap.allocate(MIB))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("memory that cannot be")
                .hasMessageContaining("twice");
        board.heal();
        heap.allocate(MIB).close();
        assertThat(heaps.usage().quarantined()).isEqualTo(MIB);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void memoryThatSomebodyHasIsRefusedAndGoesBack(int pagesBehind) {
        try (DmaBuf mine = heap.allocate(MIB)) {
            long place = place(mine).address() + pagesBehind * 4096L;
            board.interpose((command, parameters, behind) -> {
                var result = behind.invoke(command, parameters);
                if (command == ZALLOC) {
                    parameters.value(2).set(1, place);
                }
                return result;
            });
            assertThatThrownBy(() -> heap.allocate(MIB)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
                assertThat(e).hasMessageContaining("memory that cannot be").hasMessageContaining("not free");
            });
            assertThat(board.commands(FREE)).hasSize(1);
            assertThat(heaps.problems()).isEmpty();
        }
    }
}
