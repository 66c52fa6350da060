package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.GET_REGION_NUM;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.testkit.NoLeaks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The region is lent in parts where the firmware can protect parts, as a later driver of ChromeOS does. */
@ExtendWith(NoLeaks.class)
class GrowthTests {
    private final SecureBoard board = new SecureBoard();
    private final Heaps heaps = board.open();
    private final Heap cma = heaps.find("restricted_mtk_cma").orElseThrow();
    private final List<DmaBuf> buffers = new ArrayList<>();

    @AfterEach
    void everythingComesBack() {
        buffers.forEach(DmaBuf::close);
        assertThat(board.isIdle()).isTrue();
        assertThat(heaps.problems()).isEmpty();
        cma.close();
        heaps.close();
    }

    private List<Long> lent() {
        return board.commands(ZALLOC).stream()
                .map(command -> command.lent() / MIB)
                .toList();
    }

    @Test
    void aPartMoreIsLentWheneverTheSecureWorldIsOutOfMemory() {
        board.secureWorld().setSubRegions(16);
        buffers.add(cma.allocate(3 * MIB));
        assertThat(lent()).containsExactly(4L);
        buffers.add(cma.allocate(MIB));
        buffers.add(cma.allocate(MIB));
        assertThat(lent()).containsExactly(4L, 4L, 4L, 8L);
        buffers.add(cma.allocate(16 * MIB));
        assertThat(lent()).endsWith(8L, 12L, 16L, 20L, 24L);
        assertThat(board.commands(GET_REGION_NUM)).as("asked once").hasSize(1);
    }

    @Test
    void aBufferMayLieInSeveralParts() {
        board.secureWorld().setSubRegions(16);
        DmaBuf buffer = cma.allocate(10 * MIB);
        buffers.add(buffer);
        try (var attachment = heaps.device("decoder").orElseThrow().attach(buffer);
                var mapping = attachment.map(io.dmaheap.Access.READ)) {
            assertThat(mapping.segments()).hasSize(3);
            assertThat(mapping.segments().stream()
                            .mapToLong(piece -> piece.length())
                            .sum())
                    .isEqualTo(10 * MIB);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 64", "1, 64", "2, 32", "3, 24", "16, 4", "100, 4", "100000, 64"})
    void partsAreMultiplesOfFourMebibytes(int parts, long first) {
        board.secureWorld().setSubRegions(parts);
        buffers.add(cma.allocate(MIB));
        assertThat(lent()).containsExactly(first);
        buffers.add(cma.allocate(63 * MIB));
        assertThat(lent()).endsWith(64L);
    }

    @Test
    void allPartsComeBackAfterTheLastBufferAndNoneBefore() {
        board.secureWorld().setSubRegions(16);
        DmaBuf small = cma.allocate(MIB);
        DmaBuf large = cma.allocate(20 * MIB);
        large.close();
        assertThat(board.isIdle()).isFalse();
        small.close();
        assertThat(board.isIdle()).isTrue();
        buffers.add(cma.allocate(MIB));
        assertThat(lent()).as("it begins again with one part").endsWith(4L);
    }

    @Test
    void aPartThatCannotBeLentFailsTheAllocationAlone() {
        board.secureWorld().setSubRegions(16);
        buffers.add(cma.allocate(3 * MIB));
        board.faults().pin(board.lendable().base() + 5 * MIB, 4096);
        assertThatThrownBy(() -> cma.allocate(2 * MIB)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(e.errno()).contains("EBUSY");
        });
        buffers.add(cma.allocate(MIB));
        board.faults().unpin(board.lendable().base() + 5 * MIB);
        buffers.add(cma.allocate(2 * MIB));
    }
}
