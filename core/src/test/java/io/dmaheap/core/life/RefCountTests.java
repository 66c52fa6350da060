package io.dmaheap.core.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.core.life.RefCount.Retained;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefCountTests {

    @Test
    void endsAtTheCloseWhenNobodyHoldsIt() {
        var count = RefCount.open();

        assertThat(count.close()).isTrue();
    }

    @Test
    void endsAtTheLastReleaseAfterTheClose() {
        var count = RefCount.open();
        count.retain();
        count.retain();

        assertThat(count.close()).isFalse();
        assertThat(count.release()).isFalse();
        assertThat(count.release()).isTrue();
    }

    @Test
    void doesNotEndWhileItIsOpen() {
        var count = RefCount.open();
        count.retain();

        assertThat(count.release()).isFalse();
        assertThat(count.retain()).isEqualTo(Retained.YES);
    }

    @Test
    void endsOnceHoweverOftenItIsClosed() {
        var count = RefCount.open();

        assertThat(count.close()).isTrue();
        assertThat(count.close()).isFalse();
    }

    @Test
    void cannotBeRetainedOnceClosedEvenWhileItIsHeld() {
        var count = RefCount.open();
        count.retain();
        count.close();

        assertThat(count.retain()).isEqualTo(Retained.CLOSED);
        assertThat(count.references()).isEqualTo(1);
    }

    @Test
    void doesNotComeBackAfterTheEnd() {
        var count = RefCount.open();
        count.close();

        assertThat(count.retain()).isEqualTo(Retained.CLOSED);
        assertThat(count.retainIfHeld()).isFalse();
        assertThat(count.references()).isZero();
    }

    @Test
    void heldFromTheStartEndsAtItsOnlyRelease() {
        var count = RefCount.held();

        assertThat(count.references()).isEqualTo(1);
        assertThat(count.release()).isTrue();
        assertThat(count.retainIfHeld()).isFalse();
    }

    @Test
    void heldFromTheStartCanBeRetainedWhileItLives() {
        var count = RefCount.held();

        assertThat(count.retainIfHeld()).isTrue();
        assertThat(count.release()).isFalse();
        assertThat(count.release()).isTrue();
    }

    @Test
    void releasingMoreThanWasRetainedIsLoudAndChangesNothing() {
        var count = RefCount.open();

        assertThatThrownBy(count::release).isInstanceOf(IllegalStateException.class);
        assertThat(count.references()).isZero();
        assertThat(count.retain()).isEqualTo(Retained.YES);
    }

    @Test
    void releasingAfterTheEndIsLoudAndDoesNotEndItAgain() {
        var count = RefCount.held();
        count.release();

        assertThatThrownBy(count::release).isInstanceOf(IllegalStateException.class);
        assertThat(count.references()).isZero();
    }

    @Test
    void retainingTooOftenIsLoudAndChangesNothing() {
        var count = new RefCount(RefCount.MAX);

        assertThatThrownBy(count::retain)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not being closed");
        assertThat(count.references()).isEqualTo(RefCount.MAX);
    }

    @Test
    void retainingWhatIsHeldTooOftenIsLoudAndChangesNothing() {
        var count = new RefCount(RefCount.MAX);

        assertThatThrownBy(count::retainIfHeld).isInstanceOf(IllegalStateException.class);
        assertThat(count.references()).isEqualTo(RefCount.MAX);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void endsExactlyOnceWhenManyThreadsRetainReleaseAndClose(int threads) throws Exception {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 2_000; round++) {
                var count = RefCount.open();
                var ends = new AtomicInteger();
                var barrier = new CyclicBarrier(threads);
                var tasks = new ArrayList<Callable<Void>>();
                for (int i = 0; i < threads; i++) {
                    boolean closes = i == 0;
                    tasks.add(() -> {
                        barrier.await(30, TimeUnit.SECONDS);
                        switch (count.retain()) {
                            case YES -> endIf(count.release(), ends);
                            case ENDED -> ends.incrementAndGet();
                            case CLOSED -> {}
                        }
                        endIf(closes && count.close(), ends);
                        return null;
                    });
                }
                for (Future<Void> done : pool.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                    done.get(30, TimeUnit.SECONDS);
                }
                assertThat(ends).hasValue(1);
                assertThat(count.references()).isZero();
            }
        }
    }

    private static void endIf(boolean end, AtomicInteger ends) {
        if (end) {
            ends.incrementAndGet();
        }
    }
}
