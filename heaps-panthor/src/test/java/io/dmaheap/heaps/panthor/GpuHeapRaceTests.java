package io.dmaheap.heaps.panthor;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several threads that want the GPU's memory. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class GpuHeapRaceTests {
    private static final long MIB = 1 << 20;

    private final Emulator board = Emulator.standard();
    private final Heaps heaps = Heaps.open(HeapsOptions.defaults(), board);
    private final Heap heap = heaps.find("protected@66000000").orElseThrow();

    @AfterEach
    void close() {
        heap.close();
        heaps.close();
    }

    @Test
    void whileTheFirewallIsSlowWithOneBufferOthersComeAndGo() throws Exception {
        var arrived = new CountDownLatch(1);
        var open = new CountDownLatch(1);
        board.faults().meet(FaultPoint.RESTRICT, () -> {
            arrived.countDown();
            await(open);
        });
        var slow = CompletableFuture.supplyAsync(() -> heap.allocate(MIB));
        await(arrived);
        board.faults().heal(FaultPoint.RESTRICT);
        try (var other = heap.allocate(MIB)) {
            assertThat(heap.info().free()).hasValue(14 * MIB);
            assertThat(other.accessList().orElseThrow().grants()).containsOnlyKeys("gpu");
        }
        open.countDown();
        slow.get(30, TimeUnit.SECONDS).close();
    }

    @Test
    void pagesThatAreBeingClearedAreGivenToNobody() throws Exception {
        var buffer = heap.allocate(MIB);
        var arrived = new CountDownLatch(1);
        var open = new CountDownLatch(1);
        board.faults().meet(FaultPoint.SCRUB, () -> {
            arrived.countDown();
            await(open);
        });
        var closing = CompletableFuture.runAsync(buffer::close);
        await(arrived);
        assertThat(heap.info().free()).hasValue(15 * MIB);
        var all = new ArrayList<DmaBuf>();
        for (int i = 0; i < 15; i++) {
            all.add(heap.allocate(MIB));
        }
        open.countDown();
        closing.get(30, TimeUnit.SECONDS);
        board.faults().heal(FaultPoint.SCRUB);
        all.add(heap.allocate(MIB));
        all.forEach(DmaBuf::close);
    }

    @Test
    void manyThreadsAndManyRefusalsEndWithAnEmptyRegionThatLostNothing() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("GpuHeapRaceTests seed " + seed);
        var work = new ArrayList<Callable<Boolean>>();
        for (int thread = 0; thread < 6; thread++) {
            var random = new Random(seed + thread);
            work.add(() -> allocateAndFree(random));
        }
        try (var executor = Executors.newFixedThreadPool(work.size())) {
            for (var done : executor.invokeAll(work, 1, TimeUnit.MINUTES)) {
                assertThat(done.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(heaps.problems()).isEmpty();
        assertThat(board.faults().passages(FaultPoint.RESTRICT))
                .isEqualTo(board.faults().passages(FaultPoint.UNRESTRICT));
        heap.allocate(16 * MIB).close();
    }

    private boolean allocateAndFree(Random random) {
        var held = new ArrayDeque<DmaBuf>();
        for (int i = 0; i < 200; i++) {
            if (held.size() < 4 && random.nextBoolean()) {
                try {
                    held.add(heap.allocate(4096L * (1 + random.nextInt(512))));
                } catch (HeapException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                }
            } else if (!held.isEmpty()) {
                held.remove().close();
            }
        }
        held.forEach(DmaBuf::close);
        return true;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
