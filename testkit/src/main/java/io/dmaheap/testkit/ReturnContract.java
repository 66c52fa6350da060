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

    /** Compilers and collectors take memory and give it back as they like, hence the median of several rows. */
    @Test
    default void manyBuffersLeaveNothingInTheProcess() {
        long[] growth = new long[5];
        var before = ProcessMemory.now();
        for (int row = 0; row < growth.length; row++) {
            for (int i = 0; i < BUFFERS_IN_A_ROW; i++) {
                heap().allocate(4096).close();
            }
            var after = ProcessMemory.now();
            growth[row] = after.bytes() - before.bytes();
            before = after;
        }
        assertThat(Arrays.stream(growth).sorted().toArray()[growth.length / 2])
                .as(
                        "bytes that the process has more after each %d buffers: %s",
                        BUFFERS_IN_A_ROW, Arrays.toString(growth))
                .isLessThan(BUFFERS_IN_A_ROW * 4096L);
    }

    /** The free bytes, where only this process takes some. */
    private OptionalLong told() {
        HeapInfo info = heap().info();
        return info.node().isPresent() ? OptionalLong.empty() : info.free();
    }
}
