package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A heap of four pages whose requests wait, and one of one page whose do not wait for long. */
class WaitForMemoryTests {
    private static final int PAGE = 4096;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final FakePlatform platform = new FakePlatform();
    private final FakeHeap ops = new FakeHeap(platform);
    private final Heaps heaps = TestHeaps.open(
            platform,
            TestHeaps.policy(
                    "limit.pool.total = 16K",
                    "limit.pool.wait = 60s",
                    "limit.hasty.total = 4K",
                    "limit.hasty.wait = 1ms"),
            LeakDetection.SAMPLED,
            FakeProvider.of("pool", Traits.CMA, ops),
            FakeProvider.of("hasty", Traits.CMA, ops));
    private final Heap pool = heaps.find("pool").orElseThrow();

    @AfterEach
    void nothingIsLeft() {
        pool.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    private final class Request {
        final CompletableFuture<DmaBuf> answer = new CompletableFuture<>();
        final Thread thread;

        Request(int pages) {
            thread = Thread.ofPlatform().start(() -> {
                try {
                    answer.complete(pool.allocate((long) pages * PAGE));
                } catch (Throwable e) {
                    answer.completeExceptionally(e);
                }
            });
        }

        /** Until it stands in the line. */
        Request waits() {
            await().atMost(SOON).until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            return this;
        }

        DmaBuf served() {
            try {
                return answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void aRequestIsServedWhenAnotherBufferIsClosed() {
        DmaBuf all = pool.allocate(4 * PAGE);
        var request = new Request(2).waits();

        all.close();

        request.served().close();
    }

    @Test
    void memoryThatThePluginHasNotGotIsWaitedForToo() {
        DmaBuf held = pool.allocate(PAGE);
        platform.faults.fail(
                "allocate", HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build());
        var request = new Request(1).waits();

        platform.faults.heal("allocate");
        held.close();

        request.served().close();
    }

    /** Of another heap of the same pool, or of another process. */
    @Test
    void memoryThatCameBackElsewhereIsFoundThoughNothingHereTellsOfIt() {
        platform.faults.fail(
                "allocate", HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build());
        var request = new Request(1).waits();

        platform.faults.heal("allocate");

        request.served().close();
    }

    @Test
    void memoryIsAskedForOnceMoreWhenTheTimeIsOver() {
        var asked = new AtomicInteger();
        platform.faults.run("allocate", () -> {
            if (asked.incrementAndGet() == 1) {
                throw HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build();
            }
        });
        try (Heap hasty = heaps.find("hasty").orElseThrow()) {
            hasty.allocate(PAGE).close();
        }
    }

    @Test
    void whatAnotherRequestHadReservedAndDidNotGetIsFreeToo() throws Exception {
        var inPlugin = new CountDownLatch(1);
        var mayFail = new CountDownLatch(1);
        platform.faults.run("allocate", () -> {
            inPlugin.countDown();
            assertThat(mayFail.await(30, TimeUnit.SECONDS)).isTrue();
            throw HeapException.of(ErrorCode.DEVICE_GONE, "gone").build();
        });
        var doomed = new Request(4);
        assertThat(inPlugin.await(30, TimeUnit.SECONDS)).isTrue();
        var request = new Request(1).waits();

        platform.faults.heal("allocate");
        mayFail.countDown();

        assertThatThrownBy(doomed::served).hasRootCauseMessage("gone");
        request.served().close();
    }

    @Test
    void nobodyOvertakesALargeRequest() {
        DmaBuf one = pool.allocate(PAGE);
        DmaBuf two = pool.allocate(2 * PAGE);
        var large = new Request(3).waits();
        var small = new Request(1).waits();

        one.close(); // two pages are free now: enough for the small one
        assertThat(large.answer).isNotDone();
        assertThat(small.answer).isNotDone();
        two.close();

        try (DmaBuf first = large.served();
                DmaBuf second = small.served()) {
            assertThat(first.size() + second.size()).isEqualTo(4 * PAGE);
        }
    }

    @Test
    void whoWaitsTooLongIsToldSo() {
        try (Heap hasty = heaps.find("hasty").orElseThrow();
                DmaBuf all = hasty.allocate(PAGE)) {
            assertThatThrownBy(() -> hasty.allocate(PAGE)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                assertThat(e).hasMessageContainingAll("within 1 ms", "limit.hasty.wait");
                assertThat(e.errno()).contains("ENOMEM");
            });
            assertThat(all.size()).isEqualTo(PAGE);
        }
    }

    @Test
    void whatCanNeverFitIsNotWaitedFor() {
        assertThatThrownBy(() -> pool.allocate(5 * PAGE))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    }

    @Test
    void anInterruptEndsTheWait() {
        try (DmaBuf all = pool.allocate(4 * PAGE)) {
            var request = new Request(1).waits();

            request.thread.interrupt();

            assertThatThrownBy(request::served)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
            assertThat(all.size()).isEqualTo(4 * PAGE);
        }
    }

    @Test
    void aHeapThatGoesAwaySendsTheWaitingHome() {
        DmaBuf all = pool.allocate(4 * PAGE);
        var first = new Request(1).waits();
        var second = new Request(1).waits();

        heaps.close();

        for (Request request : List.of(first, second)) {
            assertThatThrownBy(request::served)
                    .cause()
                    .isInstanceOfSatisfying(
                            HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HEAP_DRAINING));
        }
        all.close();
    }

    @Test
    void manyClientsOfASmallPoolAreAllServed() throws InterruptedException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var served = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            var random = new Random(seed + i);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 200; round++) {
                    try (DmaBuf buffer = pool.allocate((1 + random.nextInt(4)) * (long) PAGE)) {
                        served.addAndGet(buffer.size() > 0 ? 1 : 0);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(served).hasValue(1200);
    }
}
