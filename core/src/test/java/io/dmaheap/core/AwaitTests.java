package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapSpec;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AwaitTests {
    private static final Duration LONG = Duration.ofSeconds(Long.MAX_VALUE);

    private final FakePlatform platform = new FakePlatform();
    private final AtomicReference<HeapContext> late = new AtomicReference<>();
    private final Heaps heaps = TestHeaps.open(platform, FakeProvider.starting("late", late::set));

    @AfterEach
    void nothingIsLeft() {
        heaps.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        platform.assertNothingHeld();
    }

    private void register(String name) {
        late.get().register(new HeapSpec(name, Traits.SYSTEM), new FakeHeap(platform));
    }

    /** Starts to wait on another thread, and comes back once the wait shows. */
    private FutureTask<Heap> waiting(String name) {
        var task = new FutureTask<>(() -> heaps.await(name, LONG));
        Thread.ofPlatform().name("waiter").start(task);
        await().until(() -> heaps.heaps().stream().anyMatch(heap -> heap.state() == HeapState.AWAITED));
        return task;
    }

    @Test
    void anAliasOfWhatIsNotThereIsExplained() {
        assertThatThrownBy(() -> heaps.await("secure_video", Duration.ZERO))
                .isInstanceOfSatisfying(
                        HeapException.class,
                        e -> assertThat(e.hint().orElseThrow())
                                .startsWith(
                                        "It is an alias of restricted_video, protected,video, which nobody offers either. "));
    }

    @Test
    void returnsAtOnceWhatIsThere() {
        register("system");

        try (Heap heap = heaps.await("system", Duration.ZERO)) {
            assertThat(heap.name()).isEqualTo("system");
        }
    }

    @Test
    void showsTheNameAsAwaitedAndWakesWhenAnotherThreadBringsIt() throws Exception {
        var waiter = waiting("system");
        assertThat(heaps.heaps()).singleElement().satisfies(heap -> {
            assertThat(heap.name()).isEqualTo("system");
            assertThat(heap.openable().yes()).isFalse();
        });

        register("system");

        try (Heap heap = waiter.get(30, TimeUnit.SECONDS)) {
            assertThat(heap.name()).isEqualTo("system");
        }
        assertThat(heaps.heaps()).extracting(HeapInfo::state).containsExactly(HeapState.LIVE);
    }

    @Test
    void wakesWhenAHeapArrivesUnderAnAlias() throws Exception {
        var waiter = waiting("linux,cma");

        register("default_cma_region");

        try (Heap heap = waiter.get(30, TimeUnit.SECONDS)) {
            assertThat(heap.name()).isEqualTo("default_cma_region");
        }
    }

    @Test
    void sleepsOnWhenAnotherHeapArrives() throws Exception {
        var waiter = waiting("system");

        register("other");
        assertThat(waiter.isDone()).isFalse();
        register("system");

        waiter.get(30, TimeUnit.SECONDS).close();
    }

    @Test
    void timesOutWithTheNamesThatComeNear() {
        register("system");
        register("default_cma_region");

        assertThatThrownBy(() -> heaps.await("sytsem", Duration.ofMillis(1)))
                .isInstanceOfSatisfying(HeapException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
                    assertThat(e.hint()).get().asString().contains("system").doesNotContain("cma");
                });
    }

    @Test
    void timesOutWithAllNamesWhereNoneComesNear() {
        register("system");

        assertThatThrownBy(() -> heaps.await("qqqqqqqqqqqq", Duration.ofSeconds(Long.MIN_VALUE)))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("There is system");
    }

    @Test
    void timesOutWithAWordOnWhereHeapsComeFromWhenThereAreNone() {
        assertThatThrownBy(() -> heaps.await("system", Duration.ZERO))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("dmaheap doctor");
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        var stillSet = new AtomicReference<Boolean>();
        var task = new FutureTask<HeapException>(() -> {
            try (Heap unexpected = heaps.await("system", LONG)) {
                throw new AssertionError("found " + unexpected);
            } catch (HeapException e) {
                stillSet.set(Thread.currentThread().isInterrupted());
                return e;
            }
        });
        Thread waiter = Thread.ofPlatform().start(task);
        await().until(() -> !heaps.heaps().isEmpty());

        waiter.interrupt();

        assertThat(task.get(30, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(task.get(30, TimeUnit.SECONDS).hint()).isPresent();
        assertThat(stillSet).hasValue(true);
        assertThat(heaps.heaps()).isEmpty();
    }

    @Test
    void closingTheHeapsWakesWhoeverWaits() throws Exception {
        var waiter = waiting("system");

        heaps.close();

        assertThatThrownBy(() -> waiter.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
