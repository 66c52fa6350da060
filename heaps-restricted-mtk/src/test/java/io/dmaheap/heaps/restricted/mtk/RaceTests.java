package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.FREE;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A region that changes hands while several threads want it. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class RaceTests {
    private final SecureBoard board = new SecureBoard();
    private final Heaps heaps = board.open();
    private final Heap heap = heaps.find("restricted_mtk_cma").orElseThrow();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
        long withheld = heaps.usage().quarantined();
        assertThat(heap.info().free()).hasValue(board.lendable().size() - withheld);
        assertThat(board.isIdle()).isEqualTo(withheld == 0);
        heap.close();
        heaps.close();
    }

    private <T> FutureTask<T> start(Callable<T> work) {
        var task = new FutureTask<>(work);
        threads.add(Thread.ofPlatform().start(task));
        return task;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops the first who asks for {@code command}, until the second latch opens. */
    private CountDownLatch[] stopAt(int command) {
        var arrived = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var first = new AtomicBoolean(true);
        board.interpose((asked, parameters, behind) -> {
            if (asked == command && first.compareAndSet(true, false)) {
                arrived.countDown();
                await(goOn);
            }
            return behind.invoke(asked, parameters);
        });
        return new CountDownLatch[] {arrived, goOn};
    }

    private static void awaitBlocked(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.BLOCKED);
    }

    @Test
    void ofTwoFirstBuffersOneLendsAndTheOtherWaitsForIt() throws Exception {
        heap.allocate(MIB).close();
        long lent = board.faults().passages(FaultPoint.MIGRATE);
        CountDownLatch[] gate = stopAt(ZALLOC);
        var one = start(() -> heap.allocate(MIB));
        await(gate[0]);
        var two = start(() -> heap.allocate(MIB));
        awaitBlocked(threads.getLast());
        assertThat(board.faults().passages(FaultPoint.MIGRATE)).as("loans").isEqualTo(lent + 1);

        gate[1].countDown();
        try (DmaBuf first = one.get(30, TimeUnit.SECONDS);
                DmaBuf second = two.get(30, TimeUnit.SECONDS)) {
            assertThat(first).isNotSameAs(second);
        }
        assertThat(board.faults().passages(FaultPoint.MIGRATE)).as("loans").isEqualTo(lent + 1);
        assertThat(heaps.problems()).isEmpty();
    }

    @Test
    void aFirstBufferThatMeetsTheLastFreeWaitsAndGetsMemory() throws Exception {
        DmaBuf last = heap.allocate(MIB);
        CountDownLatch[] gate = stopAt(FREE);
        var freeing = start(() -> {
            last.close();
            return null;
        });
        await(gate[0]);
        var next = start(() -> heap.allocate(board.lendable().size() - MIB));
        awaitBlocked(threads.getLast());

        gate[1].countDown();
        freeing.get(30, TimeUnit.SECONDS);
        try (DmaBuf buffer = next.get(30, TimeUnit.SECONDS)) {
            assertThat(buffer.size()).isEqualTo(board.lendable().size() - MIB);
            assertThat(board.isIdle()).isFalse();
        }
        assertThat(heaps.problems()).isEmpty();
    }

    @Test
    void buffersComeAndGoWhileTheApplicationPanicsAndBeginsAnew() throws Exception {
        long seed = System.nanoTime();
        System.out.println("RaceTests seed " + seed);
        board.secureWorld().setSubRegions(16);
        board.interpose((command, parameters, behind) -> {
            if (command == ZALLOC && parameters.value(0).a() == 4096) {
                throw new IllegalStateException("the application panics");
            }
            return behind.invoke(command, parameters);
        });
        List<FutureTask<Integer>> workers = new ArrayList<>();
        for (int worker = 0; worker < 4; worker++) {
            var random = new Random(seed + worker);
            workers.add(start(() -> work(random)));
        }
        int served = 0;
        for (FutureTask<Integer> worker : workers) {
            served += worker.get(30, TimeUnit.SECONDS);
        }
        assertThat(served).as("buffers, seed %d", seed).isPositive();
        assertThat(heaps.usage().buffers()).as("seed %d", seed).isZero();
        assertThat(heaps.problems())
                .as("seed %d", seed)
                .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.QUARANTINED));
    }

    private int work(Random random) {
        int served = 0;
        var held = new ArrayDeque<DmaBuf>();
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(3) == 0 && !held.isEmpty()) {
                held.removeFirst().close();
                continue;
            }
            try {
                held.add(heap.allocate(random.nextInt(10) == 0 ? 4096 : MIB * (1 + random.nextInt(6))));
                served++;
            } catch (HeapException e) {
                assertThat(e.code()).isIn(ErrorCode.OUT_OF_MEMORY, ErrorCode.DEVICE_GONE);
                while (!held.isEmpty()) {
                    held.removeFirst().close();
                }
            }
        }
        held.forEach(DmaBuf::close);
        return served;
    }
}
