package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.FREE;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeSession;
import io.dmaheap.testkit.NoLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The number that a driver passes to a trusted application of the vendor. */
@ParameterizedClass
@ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
@ExtendWith(NoLeaks.class)
class SecureHandleTests {
    private final SecureBoard board = new SecureBoard();
    private final Heaps heaps = board.open();

    @Parameter
    String name;

    @AfterEach
    void close() {
        heaps.close();
    }

    @Test
    void isTheOneThatTheSecureWorldGaveAndTakesBack() {
        try (Heap heap = heaps.find(name).orElseThrow()) {
            DmaBuf first = heap.allocate(MIB);
            DmaBuf second = heap.allocate(MIB);
            long handle = second.secureHandle().orElseThrow();
            assertThat(first.secureHandle().orElseThrow()).isNotEqualTo(handle);
            second.close();
            assertThat(board.commands(FREE))
                    .singleElement()
                    .satisfies(free -> assertThat(free.first()).isEqualTo(handle));
            assertThatIllegalStateException().isThrownBy(second::secureHandle);
            first.close();
        }
    }

    @Test
    void isFoundFromADescriptorThatComesBack() {
        try (Heap heap = heaps.find(name).orElseThrow();
                DmaBuf buffer = heap.allocate(MIB);
                DmaBufFd fd = buffer.exportFd();
                DmaBuf again = heaps.importFd(fd.number())) {
            assertThat(again.secureHandle()).isEqualTo(buffer.secureHandle()).isPresent();
        }
    }

    @Test
    void isGoneOnceTheSecureWorldMayHaveGivenItToAnother() {
        try (Heap heap = heaps.find(name).orElseThrow();
                DmaBuf before = heap.allocate(MIB)) {
            board.interpose((command, parameters, behind) -> {
                throw new IllegalStateException("of the test");
            });
            assertThatThrownBy(() -> heap.allocate(MIB)).isInstanceOf(HeapException.class);
            board.heal();
            heap.allocate(MIB).close();
            assertThat(before.secureHandle()).isEmpty();
        }
    }

    private String otherName() {
        return name.equals("restricted_mtk_cm") ? "restricted_mtk_cma" : "restricted_mtk_cm";
    }

    private void panic() {
        board.interpose((command, parameters, behind) -> {
            throw new IllegalStateException("of the test");
        });
    }

    /** The heaps share the application, and so its numbers. */
    @Test
    void isGoneOnceTheOtherHeapFoundTheApplicationDead() {
        try (Heap heap = heaps.find(name).orElseThrow();
                Heap other = heaps.find(otherName()).orElseThrow();
                DmaBuf _ = other.allocate(MIB);
                DmaBuf mine = heap.allocate(MIB)) {
            panic();
            assertThatThrownBy(() -> other.allocate(MIB)).isInstanceOf(HeapException.class);
            board.heal();
            assertThat(mine.secureHandle()).isEmpty();
            try (DmaBuf theirs = other.allocate(MIB)) {
                assertThat(theirs.secureHandle()).isPresent();
                assertThat(mine.secureHandle()).isEmpty();
            }
        }
    }

    /** Of an application that died by the hand of a stranger no heap knows, until one of them asks it. */
    @Test
    void isNeverThatOfTheFirstBufferOfTheOtherHeap() {
        try (Heap heap = heaps.find(name).orElseThrow();
                Heap other = heaps.find(otherName()).orElseThrow();
                DmaBuf mine = heap.allocate(MIB);
                Tee tee = heaps.openTee("tee0");
                TeeSession stranger = tee.openSession(SecureBoard.MEMORY)) {
            panic();
            assertThatThrownBy(() -> stranger.invoke(FREE)).isInstanceOf(HeapException.class);
            board.heal();
            assertThatThrownBy(() -> other.allocate(MIB)).isInstanceOf(HeapException.class);
            try (DmaBuf theirs = other.allocate(MIB)) {
                assertThat(theirs.secureHandle()).isPresent();
                assertThat(mine.secureHandle()).isEmpty();
            }
        }
    }
}
