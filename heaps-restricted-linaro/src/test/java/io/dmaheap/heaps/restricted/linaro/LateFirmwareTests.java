package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** OP-TEE does not answer when the heaps are opened, and does later. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class LateFirmwareTests {
    private static final String LENT = "protected,trusted-ui";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Emulator board = Emulator.standard();

    private Heaps openWithoutAnswer() {
        board.secureWorld().kill();
        return Heaps.open(HeapsOptions.defaults(), board);
    }

    @Test
    void whoAwaitsAHeapGetsItWhenTheFirmwareAnswers() throws Exception {
        try (Heaps heaps = openWithoutAnswer()) {
            var waiting = new FutureTask<>(() -> heaps.await(LENT, PATIENCE));
            Thread.ofPlatform().daemon().start(waiting);
            board.secureWorld().revive();
            try (Heap heap = waiting.get(30, TimeUnit.SECONDS)) {
                heap.allocate(4096).close();
                assertThat(heap.info().total()).isPresent();
            }
            heaps.await("protected,secure-video-record", PATIENCE).close();
        }
    }

    @Test
    void aFirmwareThatDoesNotAnswerYetIsAProblemThatSaysWhatToExpect() {
        try (Heaps heaps = openWithoutAnswer()) {
            assertThat(heaps.find(LENT)).isEmpty();
            assertThat(heaps.problems())
                    .filteredOn(problem -> problem.subject().equals(LENT))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.kind()).isEqualTo(Problem.Kind.UNUSABLE_MEMORY);
                        assertThat(problem.message()).contains("does not answer yet");
                        assertThat(problem.hint()).contains("when it does");
                    });
            board.secureWorld().kill();
            board.secureWorld().revive();
            heaps.await(LENT, PATIENCE).close();
            assertThat(heaps.problems())
                    .filteredOn(problem -> problem.subject().equals(LENT))
                    .as("it has answered")
                    .isEmpty();
        }
    }

    @Test
    void aRefusalIsNotAskedForAgain() {
        board.faults().fail(FaultPoint.CONFIGURE, 1);
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults(), board)) {
            var refused = heaps.problems().getFirst().subject();
            board.secureWorld().kill();
            board.secureWorld().revive();
            var tooLate = catchThrowableOfType(HeapException.class, () -> heaps.await(refused, Duration.ZERO));
            assertThat(tooLate.code()).isEqualTo(ErrorCode.TIMED_OUT);
            assertThat(heaps.problems()).hasSize(1);
        }
    }

    @Test
    void heapsThatAreClosedWhileTheFirmwareIsAskedGainNothing() throws Exception {
        var asked = new CountDownLatch(1);
        Heaps heaps = openWithoutAnswer();
        board.faults().meet(FaultPoint.CONFIGURE, () -> {
            asked.countDown();
            answerWhenInterrupted();
        });
        board.secureWorld().revive();
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        heaps.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        assertThat(heaps.plugins())
                .allSatisfy(plugin -> assertThat(plugin.heaps()).isEmpty());
        assertThat(heaps.problems()).extracting(Problem::kind).doesNotContain(Problem.Kind.PLUGIN_THREW);
    }

    /** As somebody does who is in a long call when the plugin is stopped. */
    private static void answerWhenInterrupted() {
        try {
            assertThat(new CountDownLatch(1).await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException _) {
            // Now the firmware answers.
        }
    }
}
