package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.Map;
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
}
