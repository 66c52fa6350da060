package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The application that overwrites buffers hangs: who waits for it, how long, and what it costs. */
@ExtendWith(NoLeaks.class)
class HangingScrubberTests {
    private static final long PAGE = 4096;
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    private final PlayedTee tee = new PlayedTee(_ -> {});
    private final Heaps heaps = Heaps.open(
            HeapsOptions.defaults()
                    .withSetting("plugin.heaps-restricted-linaro.scrub", "045d2922-7f6a-4719-8777-63b1d3e22ddc 0"),
            new BoardWithTee(Emulator.standard().open(Map.of()), tee));
    private final Heap heap = heaps.find("sdp").orElseThrow();

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
        assertThat(tee.sessions()).isZero();
    }

    @Test
    void oneHangCostsOneBufferAndOneWait() {
        var first = heap.allocate(PAGE);
        var second = heap.allocate(PAGE);
        tee.hang(true);
        first.close();
        tee.hang(false);
        assertThat(heaps.usage().quarantined()).isEqualTo(PAGE);
        second.close();
        heap.allocate(PAGE).close();
        assertThat(heaps.usage().quarantined()).isEqualTo(PAGE);
        assertThat(tee.waits()).containsExactly(HALF_A_MINUTE);
    }

    @Test
    void whileItHangsNothingIsAllocatedAndNobodyWaitsThatLongAgain() {
        var first = heap.allocate(PAGE);
        var second = heap.allocate(PAGE);
        tee.hang(true);
        first.close();
        second.close();
        assertThat(heaps.usage().quarantined()).isEqualTo(2 * PAGE);
        long free = heap.info().free().orElseThrow();
        for (int attempt = 0; attempt < 2; attempt++) {
            var refusal = catchThrowableOfType(HeapException.class, () -> heap.allocate(PAGE));
            assertThat(refusal.code()).isEqualTo(ErrorCode.TIMED_OUT);
        }
        assertThat(heap.info().free()).hasValue(free);
        assertThat(heaps.usage().quarantined()).isEqualTo(2 * PAGE);
        assertThat(tee.waits()).containsExactly(HALF_A_MINUTE, A_MOMENT, A_MOMENT, A_MOMENT);
        assertThat(tee.sessions()).isZero();

        tee.hang(false);
        heap.allocate(PAGE).close();
        assertThat(heaps.usage().quarantined()).isEqualTo(2 * PAGE);
        assertThat(tee.waits()).hasSize(4);
    }

    /** Closes buffers, each on a thread of its own, behind one whose scrub hangs; {@code afterwards} runs when all are in the line. */
    private void closeInTheLineOfOneThatHangs(int count, Runnable afterwards) throws InterruptedException {
        var first = heap.allocate(PAGE);
        List<DmaBuf> others =
                Stream.generate(() -> heap.allocate(PAGE)).limit(count).toList();
        var begun = new CountDownLatch(1);
        var timeOver = new CountDownLatch(1);
        tee.hangOnce(begun, timeOver);
        Thread hanging = Thread.ofPlatform().start(first::close);
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        List<Thread> line = others.stream()
                .map(buffer -> Thread.ofPlatform().start(buffer::close))
                .toList();
        await().until(() -> line.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        afterwards.run();
        timeOver.countDown();
        assertThat(hanging.join(Duration.ofSeconds(30))).isTrue();
        for (Thread thread : line) {
            assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void whoHasNotBegunIsScrubbedByTheFreshSession() throws InterruptedException {
        closeInTheLineOfOneThatHangs(6, () -> {});
        assertThat(heaps.usage().quarantined()).isEqualTo(PAGE);
        assertThat(tee.waits()).containsExactly(HALF_A_MINUTE);
        heap.allocate(PAGE).close();
    }

    @Test
    void whoWaitsForOneThatStaysSilentWaitsForOneAttempt() throws InterruptedException {
        closeInTheLineOfOneThatHangs(6, () -> tee.hang(true));
        assertThat(heaps.usage().quarantined()).isEqualTo(7 * PAGE);
        assertThat(tee.waits()).containsExactly(HALF_A_MINUTE, A_MOMENT);
        tee.hang(false);
        heap.allocate(PAGE).close();
        assertThat(heaps.usage().quarantined()).isEqualTo(7 * PAGE);
    }
}
