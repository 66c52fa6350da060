package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapInfo;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * What is given back is there again. A heap that tells how much of its pool is free tells the truth; what a kernel's node tells is not
 * compared, as other processes use its pool too. A heap that tells nothing must still not use up the process.
 */
interface ReturnContract extends Subject {
    /** So many that 8 KiB lost with each stand out against what the JVM itself takes meanwhile. */
    int BUFFERS_IN_A_ROW = 2048;

    /** How many rows are compared with as many that follow. */
    int ROWS = 3;

    @Test
    default void aBufferTakesItsBytesFromWhatIsFreeAndBringsThemBack() {
        OptionalLong before = told();
        for (int round = 0; round < 3; round++) {
            try (var buffer = heap().allocate(100_000)) {
                if (before.isPresent()) {
                    assertThat(told().orElseThrow())
                            .as("free bytes beside a buffer of %d", buffer.size())
                            .isBetween(0L, before.getAsLong() - buffer.size());
                }
            }
            assertThat(told()).as("free bytes afterwards").isEqualTo(before);
        }
    }

    @Test
    default void threadsBringBackAllTheyTook() throws Exception {
        OptionalLong before = told();
        ConcurrencyContract.inThreads(_ -> {
            for (int round = 0; round < 50; round++) {
                heap().allocate(4096).close();
            }
        });
        assertThat(told()).as("free bytes afterwards").isEqualTo(before);
    }

    /**
     * Compilers and other threads take memory and give it back as they like, which adds to what the process has for a while: hence the
     * least of several rows is compared with the least of as many later ones.
     */
    @Test
    default void manyBuffersLeaveNothingInTheProcess() {
        long[] bytes = new long[2 * ROWS];
        for (int row = 0; row < bytes.length; row++) {
            for (int i = 0; i < BUFFERS_IN_A_ROW; i++) {
                heap().allocate(4096).close();
            }
            bytes[row] = ProcessMemory.now().bytes();
        }
        long first = Arrays.stream(bytes, 0, ROWS).min().orElseThrow();
        long then = Arrays.stream(bytes, ROWS, 2 * ROWS).min().orElseThrow();
        assertThat((then - first) / ROWS)
                .as(
                        "bytes that the process has more after each %d buffers: %s",
                        BUFFERS_IN_A_ROW, Arrays.toString(bytes))
                .isLessThan(BUFFERS_IN_A_ROW * 4096L);
    }

    /** The free bytes, where only this process takes some. */
    private OptionalLong told() {
        HeapInfo info = heap().info();
        return info.node().isPresent() ? OptionalLong.empty() : info.free();
    }
}
