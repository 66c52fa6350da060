package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.core.call.Closing;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What {@code Heaps.close} does whatever happens on the way. */
class CloseTests {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final FakePlatform platform = new FakePlatform();

    private Heaps open(Runnable onStop) {
        return TestHeaps.open(
                platform,
                new FakeProvider(
                        "vendor",
                        context -> context.register(new HeapSpec("system", Traits.SYSTEM), new FakeHeap(platform)),
                        onStop));
    }

    @Test
    void aSecondCloseReturnsWhenTheFirstHasDoneItsWork() throws Exception {
        var stopping = new CountDownLatch(1);
        var mayStop = new CountDownLatch(1);
        Heaps heaps = open(() -> {
            stopping.countDown();
            waitFor(mayStop);
        });
        Thread first = Thread.ofPlatform().start(heaps::close);
        assertThat(stopping.await(1, TimeUnit.MINUTES)).isTrue();
        Thread second = Thread.ofPlatform().start(heaps::close);
        await().atMost(SOON).until(() -> second.getState() == Thread.State.WAITING);
        assertThat(platform.closed).hasValue(0);

        mayStop.countDown();

        assertThat(second.join(Duration.ofMinutes(1))).isTrue();
        assertThat(platform.closed).hasValue(1);
        assertThat(first.join(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void aPluginThatClosesTheHeapsWhileTheyCloseHangsNothing() {
        var heaps = new AtomicReference<Heaps>();
        heaps.set(open(() -> heaps.get().close()));

        heaps.get().close();

        assertThat(platform.closed).hasValue(1);
        heaps.get().close();
        platform.assertNothingHeld();
    }

    @Test
    void aHandleKeepsThePlatformOpenAfterTheClose() {
        Heaps heaps = open(() -> {});
        Heap heap = heaps.find("system").orElseThrow();
        heaps.close();
        assertThat(platform.closed).hasValue(0);

        heap.close();

        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void everyStepIsCarriedOutWhateverTheOthersThrow() {
        List<String> done = new ArrayList<>();
        var closing = new Closing();
        var second = new IllegalStateException("second");

        assertThatThrownBy(() -> closing.close(
                        () -> done.add("one"),
                        () -> {
                            throw new StackOverflowError("first");
                        },
                        () -> {
                            throw second;
                        },
                        () -> done.add("four")))
                .isInstanceOf(StackOverflowError.class)
                .hasSuppressedException(second);

        assertThat(done).containsExactly("one", "four");
        closing.close(() -> done.add("never"));
        assertThat(done).hasSize(2);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
