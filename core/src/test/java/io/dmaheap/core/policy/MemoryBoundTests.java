package io.dmaheap.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBoundTests {
    private static final long MIB = 1 << 20;

    private final AtomicLong available = new AtomicLong(800 * MIB);
    private final AtomicInteger readings = new AtomicInteger();

    private MemoryBound bound(double share) {
        return new MemoryBound(
                () -> {
                    readings.incrementAndGet();
                    return available.get();
                },
                share);
    }

    private static boolean admits(MemoryBound bound, long bytes) {
        return bound.admit(bytes) == Long.MAX_VALUE;
    }

    @Test
    void smallRequestsShareOneReading() {
        var bound = bound(1);

        for (int i = 0; i < 90; i++) {
            assertThat(admits(bound, MIB)).isTrue();
        }
        assertThat(readings).hasValue(1);
    }

    @Test
    void anUsedUpAllowanceLeadsToANewReading() {
        var bound = bound(1);

        for (int i = 0; i < 101; i++) {
            assertThat(admits(bound, MIB)).isTrue();
        }
        assertThat(readings).hasValue(2);
    }

    @Test
    void whatIsReturnedCanBeTakenAgainWithoutAReading() {
        var bound = bound(1);

        for (int i = 0; i < 1000; i++) {
            assertThat(admits(bound, MIB)).isTrue();
            bound.returned(MIB);
        }
        assertThat(readings).hasValue(1);
    }

    @Test
    void whatWasReturnedIsNoLicenceForMemoryThatOthersHaveTakenSince() {
        var bound = bound(1);
        admits(bound, 700 * MIB);
        bound.returned(700 * MIB);
        available.set(10 * MIB);

        assertThat(bound.admit(700 * MIB)).isEqualTo(10 * MIB);
        assertThat(readings).hasValue(2);
    }

    @Test
    void aLargeRequestIsAlwaysReadFor() {
        var bound = bound(1);

        assertThat(admits(bound, 400 * MIB)).isTrue();
        assertThat(admits(bound, 400 * MIB)).isTrue();
        assertThat(readings).hasValue(2);
    }

    @Test
    void theAllowanceIsAnEighthOfWhatARequestLeftOver() {
        var bound = bound(1);
        admits(bound, 720 * MIB);

        assertThat(admits(bound, 10 * MIB)).isTrue();
        assertThat(readings).hasValue(1);
        available.set(0);
        assertThat(admits(bound, 1)).isFalse();
    }

    @Test
    void aRefusalTellsWhatWouldHavePassed() {
        assertThat(bound(0.5).admit(400 * MIB + 1)).isEqualTo(400 * MIB);
        assertThat(bound(0.5).admit(400 * MIB)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void memoryThatBecameScarceIsSeenOnceTheAllowanceIsUsedUp() {
        var bound = bound(1);
        admits(bound, MIB);
        available.set(0);

        int admitted = 0;
        while (admits(bound, MIB)) {
            admitted++;
        }
        assertThat(admitted).isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 40, 1L << 62, Long.MAX_VALUE - 4096})
    void sizesBeyondAnyMachineNeitherPassNorDisturbTheCount(long size) {
        var bound = bound(1);
        admits(bound, MIB);

        for (int i = 0; i < 10; i++) {
            assertThat(admits(bound, size)).isFalse();
        }
        assertThat(admits(bound, MIB)).isTrue();
    }

    @Test
    void manyThreadsWithLargeRequestsDoNotMakeTheCountOverflow() throws Exception {
        var bound = bound(1);
        var start = new CountDownLatch(1);
        var wrong = new AtomicInteger();
        try (var pool = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                pool.execute(() -> {
                    try {
                        assertThat(start.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    for (int round = 0; round < 20_000; round++) {
                        if (admits(bound, (1L << 40) - 1)) {
                            wrong.incrementAndGet();
                        }
                    }
                });
            }
            start.countDown();
        }
        assertThat(wrong).hasValue(0);
        assertThat(admits(bound, MIB)).isTrue();
    }
}
