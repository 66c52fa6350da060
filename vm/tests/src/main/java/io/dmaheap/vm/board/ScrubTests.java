package io.dmaheap.vm.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeSession;
import io.dmaheap.testkit.NoLeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Buffers of the kernel's protected heap, which OP-TEE never clears, overwritten by the board's trusted application. Beside the heaps that
 * scrub there are others that do not, as another process has them: both allocate from the one pool.
 */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class ScrubTests {
    private static final String HEAP = "protected,secure-video";
    private static final UUID VIDEO = UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc");
    private static final int FILL = 0;
    private static final int SUM = 1;

    /** What FILL leaves in the first three bytes when it is told to begin with 0, as a scrubber is, or with 7. */
    private static final long SUM_OF_0_1_2 = 3;

    private static final long SUM_OF_7_8_9 = 24;

    /** Of a pool of 4 MiB; what the application can map at once. */
    private static final int PIECES = 64;

    private static final long PIECE = 65_536;

    private final Heaps heaps =
            Heaps.open(HeapsOptions.defaults().withSetting("plugin.heaps-restricted-linaro.scrub", VIDEO + " " + FILL));
    private final Heap heap = heaps.find(HEAP).orElseThrow();
    private final Heaps others = Heaps.open();
    private final Heap othersHeap = others.find(HEAP).orElseThrow();
    private final Tee tee = others.openTee("tee0");
    private final TeeSession video = tee.openSession(VIDEO);

    /** Every byte of the pool holds what somebody left, so that it does not matter which of them a buffer gets. */
    @BeforeEach
    void somebodyLeavesThePoolFull() {
        inAllOfThePool(piece -> fill(piece, 1));
    }

    @AfterEach
    void close() {
        video.close();
        tee.close();
        othersHeap.close();
        others.close();
        heap.close();
        heaps.close();
    }

    /** As another process does, and without an overwriting at the end. */
    private void inAllOfThePool(Consumer<DmaBuf> use) {
        List<DmaBuf> pieces = new ArrayList<>();
        try {
            for (int piece = 0; piece < PIECES; piece++) {
                pieces.add(othersHeap.allocate(PIECE));
            }
            pieces.forEach(use);
        } finally {
            pieces.forEach(DmaBuf::close);
        }
    }

    /** A buffer as somebody else has it: by a descriptor of its own. */
    private DmaBuf taken(DmaBuf buffer) {
        try (DmaBufFd fd = buffer.exportFd()) {
            return others.importFd(fd.number());
        }
    }

    private void fill(DmaBuf buffer, int first) {
        try (TeeMemory memory = tee.register(buffer)) {
            video.invoke(FILL, memory.out(), TeeParameter.valueIn(first, 0));
        }
    }

    private long sumOfThree(DmaBuf buffer) {
        try (TeeMemory memory = tee.register(buffer)) {
            return video.invoke(SUM, memory.in(0, 3), TeeParameter.valueOut())
                    .value(1)
                    .a();
        }
    }

    @Test
    void whoAllocatesFindsNothingOfAnybody() {
        inAllOfThePool(piece -> fill(piece, 7));
        try (DmaBuf mine = heap.allocate(PIECE);
                DmaBuf look = taken(mine)) {
            assertThat(sumOfThree(look)).isEqualTo(SUM_OF_0_1_2);
        }
    }

    @Test
    void aBufferThatSomebodyElseHasIsLeftAloneAndOverwrittenForItsNextOwner() {
        DmaBuf screen;
        try (DmaBuf frame = heap.allocate(PIECE)) {
            screen = taken(frame);
            fill(screen, 7);
        }
        assertThat(sumOfThree(screen)).as("on the screen").isEqualTo(SUM_OF_7_8_9);
        screen.close();
        List<DmaBuf> next = new ArrayList<>();
        for (int piece = 0; piece < PIECES; piece++) {
            next.add(heap.allocate(PIECE));
        }
        for (DmaBuf mine : next) {
            try (DmaBuf look = taken(mine)) {
                assertThat(sumOfThree(look)).isEqualTo(SUM_OF_0_1_2);
            }
            mine.close();
        }
        assertThat(heaps.usage().quarantined()).isZero();
    }

    @Test
    void aBufferWhoseDescriptorWasNeverGivenOutLeavesNothingForOtherProcesses() {
        try (Tee own = heaps.openTee("tee0");
                TeeSession inside = own.openSession(VIDEO);
                DmaBuf secret = heap.allocate(PIECE);
                TeeMemory memory = own.register(secret)) {
            inside.invoke(FILL, memory.out(), TeeParameter.valueIn(7, 0));
        }
        List<Long> found = new ArrayList<>();
        inAllOfThePool(piece -> found.add(sumOfThree(piece)));
        assertThat(found).hasSize(PIECES).contains(SUM_OF_0_1_2).doesNotContain(SUM_OF_7_8_9);
    }
}
