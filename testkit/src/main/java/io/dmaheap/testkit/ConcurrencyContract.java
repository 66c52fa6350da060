package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.DmaBuf;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Several threads at once. */
interface ConcurrencyContract extends Subject {
    int THREADS = 8;

    @Test
    default void threadsAllocateUseAndCloseWithoutMeetingEachOther() throws Exception {
        boolean readable = heap().traits().cpuAccessible() != Answer.NO;
        inThreads(number -> {
            for (int round = 0; round < 25; round++) {
                try (var buffer = heap().allocate(4096L * (1 + round % 3))) {
                    String text = number + ":" + round;
                    if (readable) {
                        Bytes.write(buffer, text);
                        Thread.yield();
                        assertThat(Bytes.read(buffer)).isEqualTo(text);
                    } else {
                        assertThat(buffer.size()).isPositive();
                    }
                }
            }
        });
        assertThat(heaps().usage().buffers()).isZero();
    }

    @Test
    default void threadsThatCloseOneHandleDropOneReference() throws Exception {
        for (int round = 0; round < 25; round++) {
            try (var kept = heap().allocate(4096)) {
                var contended = kept.retain();
                inThreads(number -> contended.close());
                assertThat(kept.info().size()).isEqualTo(4096);
                assertThat(heaps().usage().bufferHandles()).isEqualTo(1);
            }
        }
    }

    @Test
    default void aBufferIsEitherWholeOrClosedForThreadsThatRaceWithItsEnd() throws Exception {
        for (int round = 0; round < 25; round++) {
            var buffer = heap().allocate(4096);
            inThreads(number -> {
                if (number == 0) {
                    buffer.close();
                } else {
                    useUnlessClosed(buffer);
                }
            });
            assertThat(heaps().usage().buffers()).isZero();
        }
    }

    private void useUnlessClosed(DmaBuf buffer) {
        try (var mine = buffer.retain()) {
            if (heap().traits().cpuAccessible() == Answer.NO) {
                assertThat(mine.info().size()).isEqualTo(4096);
            } else {
                Bytes.write(mine, "mine");
            }
        } catch (IllegalStateException closedFirst) {
            assertThat(closedFirst).hasMessageContaining("closed");
        }
    }

    /** A step of one of the threads. */
    @FunctionalInterface
    interface Step {
        void run(int number) throws Exception;
    }

    /** Runs a step in {@link #THREADS} threads at once; the first failure is thrown. */
    static void inThreads(Step step) throws InterruptedException, ExecutionException, TimeoutException {
        try (var executor = Executors.newFixedThreadPool(THREADS)) {
            var results = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                results.add(executor.submit((Callable<Void>) () -> {
                    step.run(number);
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get(1, TimeUnit.MINUTES);
            }
        }
    }
}
