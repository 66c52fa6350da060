package io.dmaheap.heaps.restricted.mtk;

import static io.dmaheap.heaps.restricted.mtk.SecureBoard.FREE;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.MIB;
import static io.dmaheap.heaps.restricted.mtk.SecureBoard.ZALLOC;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory application takes its time, however long. Nobody gives it up, so nothing is lost when it answers. */
@ParameterizedClass
@ValueSource(strings = {"restricted_mtk_cm", "restricted_mtk_cma"})
@ExtendWith(NoLeaks.class)
@Timeout(60)
class HungApplicationTests {
    private final SecureBoard board = new SecureBoard();
    private final Heaps heaps = board.open();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @Parameter
    String name;

    private Heap heap;

    @BeforeEach
    void find() {
        heap = heaps.find(name).orElseThrow();
    }

    @AfterEach
    void nothingIsLost() {
        assertThat(heaps.problems()).isEmpty();
        assertThat(heaps.usage().quarantined()).isZero();
        assertThat(heap.info().free()).isEqualTo(heap.info().total());
        assertThat(board.isIdle()).isTrue();
        heap.close();
        heaps.close();
    }

    /** The next command of this number hangs until the test has it answered. */
    private void hangIn(int command) {
        board.interpose((asked, parameters, behind) -> {
            if (asked == command) {
                arrived.countDown();
                awaitInTheSecureWorld(answer);
            }
            return behind.invoke(asked, parameters);
        });
    }

    /** Which no interrupt of this one reaches. */
    private static void awaitInTheSecureWorld(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitBlocked(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.BLOCKED);
    }

    private static boolean closeAndTellWhetherInterrupted(DmaBuf buffer) {
        buffer.close();
        return Thread.currentThread().isInterrupted();
    }

    private boolean allocateAndTellWhetherInterrupted() {
        try (DmaBuf buffer = heap.allocate(MIB)) {
            assertThat(buffer.size()).isEqualTo(MIB);
        }
        return Thread.currentThread().isInterrupted();
    }

    /** Has the thread that does this interrupted while the application hangs in it. */
    private boolean interrupted(Callable<Boolean> work) throws Exception {
        var task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().start(task);
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        answer.countDown();
        return task.get(30, TimeUnit.SECONDS);
    }

    @Test
    void anInterruptWhileABufferIsClosedIsKeptForLater() throws Exception {
        DmaBuf buffer = heap.allocate(MIB);
        hangIn(FREE);
        assertThat(interrupted(() -> closeAndTellWhetherInterrupted(buffer))).isTrue();
    }

    @Test
    void anInterruptWhileABufferIsAllocatedIsKeptForLater() throws Exception {
        heap.allocate(MIB).close();
        hangIn(ZALLOC);
        assertThat(interrupted(this::allocateAndTellWhetherInterrupted)).isTrue();
    }

    @Test
    void whoNeedsItWaitsAndWhoOnlyAsksHowFullTheHeapIsDoesNot() throws Exception {
        DmaBuf buffer = heap.allocate(MIB);
        hangIn(FREE);
        Thread closing = Thread.ofPlatform().start(buffer::close);
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        var next = new FutureTask<>(() -> heap.allocate(MIB));
        Thread allocating = Thread.ofPlatform().start(next);
        awaitBlocked(allocating);
        assertThat(heap.info().free()).hasValue(heap.info().total().orElseThrow() - MIB);
        assertThat(heaps.usage().quarantined()).isZero();

        answer.countDown();
        assertThat(closing.join(Duration.ofSeconds(30))).isTrue();
        next.get(30, TimeUnit.SECONDS).close();
    }
}
