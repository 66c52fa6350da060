package io.dmaheap.heaps.restricted.linaro;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool that changes hands while several threads want it. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class PoolRaceTests {
    private static final long MIB = 1 << 20;

    private final Emulator board = Emulator.standard();
    private final Heaps heaps = Heaps.open(HeapsOptions.defaults(), board);
    private final Heap heap = heaps.find("protected,trusted-ui").orElseThrow();

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
    }

    /** Stops whoever comes to the point until it is told to go on. */
    private static final class Gate {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        Gate(Emulator board, FaultPoint point) {
            board.faults().meet(point, () -> {
                arrived.countDown();
                await(open);
            });
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static <T> FutureTask<T> started(Callable<T> work, List<Thread> threads) {
        var task = new FutureTask<>(work);
        threads.add(Thread.ofPlatform().start(task));
        return task;
    }

    private static void awaitBlocked(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.BLOCKED);
    }

    @Test
    void ofTwoFirstAllocationsOneLendsAndTheOtherWaitsForIt() throws Exception {
        var gate = new Gate(board, FaultPoint.LEND);
        var threads = new ArrayList<Thread>();
        var first = started(() -> heap.allocate(MIB), threads);
        Gate.await(gate.arrived);
        var second = started(() -> heap.allocate(MIB), threads);
        awaitBlocked(threads.getLast());
        gate.open.countDown();
        try (var one = first.get(30, TimeUnit.SECONDS);
                var other = second.get(30, TimeUnit.SECONDS)) {
            assertThat(one.size() + other.size()).isEqualTo(2 * MIB);
            assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(1);
        }
        assertThat(board.faults().passages(FaultPoint.RECLAIM)).isEqualTo(1);
    }

    @Test
    void ifTheFirstOfTwoCannotLendTheOtherTriesItself() throws Exception {
        board.faults().fail(FaultPoint.LEND, 1);
        var gate = new Gate(board, FaultPoint.LEND);
        var threads = new ArrayList<Thread>();
        var first = started(() -> heap.allocate(MIB), threads);
        Gate.await(gate.arrived);
        var second = started(() -> heap.allocate(MIB), threads);
        awaitBlocked(threads.getLast());
        gate.open.countDown();
        assertThat(first)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withMessageContaining("OP-TEE does not take the memory");
        try (var _ = second.get(30, TimeUnit.SECONDS)) {
            assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(2);
        }
    }

    @Test
    void aFirstAllocationBehindTheLastFreeWaitsForTheReclaimAndLendsAgain() throws Exception {
        var buffer = heap.allocate(MIB);
        var gate = new Gate(board, FaultPoint.RECLAIM);
        var threads = new ArrayList<Thread>();
        var freeing = started(
                () -> {
                    buffer.close();
                    return true;
                },
                threads);
        Gate.await(gate.arrived);
        var allocating = started(() -> heap.allocate(MIB), threads);
        awaitBlocked(threads.getLast());
        gate.open.countDown();
        assertThat(freeing.get(30, TimeUnit.SECONDS)).isTrue();
        try (var _ = allocating.get(30, TimeUnit.SECONDS)) {
            assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(2);
            assertThat(board.faults().passages(FaultPoint.RECLAIM)).isEqualTo(1);
        }
    }

    @Test
    void aListingDoesNotWaitForASecureWorldThatIsSlow() throws Exception {
        var lending = new Gate(board, FaultPoint.LEND);
        var threads = new ArrayList<Thread>();
        var allocating = started(() -> heap.allocate(MIB), threads);
        Gate.await(lending.arrived);
        assertThat(heap.info().free()).hasValue(10 * MIB);
        lending.open.countDown();
        var buffer = allocating.get(30, TimeUnit.SECONDS);

        var reclaiming = new Gate(board, FaultPoint.RECLAIM);
        var freeing = started(
                () -> {
                    buffer.close();
                    return true;
                },
                threads);
        Gate.await(reclaiming.arrived);
        assertThat(heap.info().openable().yes()).isTrue();
        reclaiming.open.countDown();
        assertThat(freeing.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anAllocationUnderWayKeepsThePoolFromBeingReclaimed() throws Exception {
        var buffer = heap.allocate(MIB);
        var gate = new Gate(board, FaultPoint.HOST_MEMORY);
        var threads = new ArrayList<Thread>();
        var allocating = started(() -> heap.allocate(MIB), threads);
        Gate.await(gate.arrived);
        buffer.close();
        assertThat(board.faults().passages(FaultPoint.RECLAIM)).isZero();
        gate.open.countDown();
        allocating.get(30, TimeUnit.SECONDS).close();
        assertThat(board.faults().passages(FaultPoint.LEND)).isEqualTo(1);
        assertThat(board.faults().passages(FaultPoint.RECLAIM)).isEqualTo(1);
    }

    @Test
    void manyThreadsAndManyRefusalsEndWithAnIdlePoolThatLostNothing() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("PoolRaceTests seed " + seed);
        var work = new ArrayList<Callable<Integer>>();
        for (int thread = 0; thread < 6; thread++) {
            var random = new Random(seed + thread);
            work.add(() -> allocateAndFree(random));
        }
        try (var executor = Executors.newFixedThreadPool(work.size())) {
            for (var done : executor.invokeAll(work, 1, TimeUnit.MINUTES)) {
                assertThat(done.get(30, TimeUnit.SECONDS)).isNotNegative();
            }
        }
        assertThat(heaps.problems()).isEmpty();
        assertThat(heap.info().free()).isEqualTo(heap.info().total());
        assertThat(board.faults().passages(FaultPoint.LEND))
                .isEqualTo(board.faults().passages(FaultPoint.RECLAIM));
        heap.allocate(10 * MIB).close();
    }

    private int allocateAndFree(Random random) {
        var held = new ArrayDeque<DmaBuf>();
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            if (held.size() < 3 && random.nextBoolean()) {
                try {
                    held.add(heap.allocate(4096L * (1 + random.nextInt(512))));
                } catch (HeapException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                    refused++;
                }
            } else if (!held.isEmpty()) {
                held.remove().close();
            }
        }
        held.forEach(DmaBuf::close);
        return refused;
    }
}
