package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.Fence;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.drivers.DrmCard;
import io.dmaheap.drivers.GemBuffer;
import io.dmaheap.drivers.VgemFence;
import io.dmaheap.testkit.NoLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real fences, which vgem attaches and signals when it is told to. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class FenceTests {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(8);

    private Heaps heaps;
    private Heap heap;
    private DmaBuf buffer;
    private DrmCard vgem;
    private GemBuffer imported;

    @BeforeEach
    void open() {
        heaps = Heaps.open();
        heap = heaps.find("system").orElseThrow();
        buffer = heap.allocate(4096);
        vgem = DrmCard.open("vgem").orElseThrow(() -> new AssertionError("vgem is not there"));
        imported = vgem.importBuffer(buffer);
    }

    @AfterEach
    void close() {
        imported.close();
        vgem.close();
        buffer.close();
        heap.close();
        heaps.close();
    }

    @Test
    void anIdleBufferIsReadyForEverything() {
        assertThat(buffer.awaitIdle(Access.READ, Duration.ZERO)).isTrue();
        assertThat(buffer.awaitIdle(Access.READ_WRITE, Duration.ZERO)).isTrue();
        try (Fence fence = buffer.exportFence(Access.READ_WRITE)) {
            assertThat(fence.state()).isEqualTo(Fence.State.SIGNALED);
        }
    }

    @Test
    void readersWaitForWritersAndWritersForEveryone() {
        VgemFence reading = imported.attachFence(Access.READ);
        assertThat(buffer.awaitIdle(Access.READ, Duration.ZERO)).isTrue();
        assertThat(buffer.awaitIdle(Access.WRITE, SHORT)).isFalse();
        reading.signal();
        assertThat(buffer.awaitIdle(Access.WRITE, LONG)).isTrue();

        VgemFence writing = imported.attachFence(Access.WRITE);
        assertThat(buffer.awaitIdle(Access.READ, SHORT)).isFalse();
        writing.signal();
        assertThat(buffer.awaitIdle(Access.READ, LONG)).isTrue();
    }

    @Test
    void cpuAccessBeginsWhenTheFenceSignals() throws Exception {
        VgemFence writing = imported.attachFence(Access.WRITE);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Boolean> reading = threads.submit(() -> {
                try (CpuAccess access = buffer.read()) {
                    return access.segment().byteSize() == 4096;
                }
            });
            assertThat(isStillBusy(reading)).isTrue();
            writing.signal();
            assertThat(reading.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void virtualThreadsThatWaitForAFenceLetOthersRun() throws Exception {
        VgemFence writing = imported.attachFence(Access.WRITE);
        int waiters = 4 * Runtime.getRuntime().availableProcessors();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Fence fence = buffer.exportFence(Access.READ)) {
            var waiting = new ArrayList<Future<Boolean>>();
            for (int count = 0; count < waiters; count++) {
                waiting.add(threads.submit(() -> fence.await(LONG)));
                waiting.add(threads.submit(() -> buffer.awaitIdle(Access.READ, LONG)));
                waiting.add(threads.submit(() -> {
                    try (CpuAccess access = buffer.read()) {
                        return access.segment().byteSize() == 4096;
                    }
                }));
            }
            assertThat(threads.submit(() -> fence.state()).get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(Fence.State.PENDING);
            writing.signal();
            for (Future<Boolean> one : waiting) {
                assertThat(one.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void aSignalInterruptsTheKernelAndNotTheCaller() throws Exception {
        VgemFence writing = imported.attachFence(Access.WRITE);
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                var fd = buffer.exportFd()) {
            var entered = new CountDownLatch(1);
            int number = fd.number();
            Future<Integer> raw = threads.submit(() -> {
                Signals.register();
                entered.countDown();
                return Kernel.sync(number, 1);
            });
            assertThat(entered.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Signals.sendUntilDone(raw);
            assertThat(raw.get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("the kernel's own answer")
                    .isEqualTo(-io.dmaheap.linux.libc.Errno.EINTR);

            Future<Boolean> ours = threads.submit(() -> {
                try (CpuAccess access = buffer.read()) {
                    return access.segment().byteSize() == 4096;
                }
            });
            for (int signal = 0; signal < 20; signal++) {
                Signals.send();
                assertThat(isStillBusy(ours)).isTrue();
            }
            writing.signal();
            assertThat(ours.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aPendingFenceCanBeMovedToAnotherBuffer() {
        VgemFence writing = imported.attachFence(Access.WRITE);
        try (Fence fence = buffer.exportFence(Access.READ);
                DmaBuf other = heap.allocate(4096)) {
            assertThat(fence.state()).isEqualTo(Fence.State.PENDING);
            assertThat(fence.await(SHORT)).isFalse();
            other.importFence(fence, Access.WRITE);
            assertThat(other.awaitIdle(Access.READ, Duration.ZERO)).isFalse();
            try (Fence second = other.exportFence(Access.READ);
                    Fence both = fence.merge(second)) {
                assertThat(both.state()).isEqualTo(Fence.State.PENDING);
                writing.signal();
                assertThat(both.await(LONG)).isTrue();
                assertThat(fence.state()).isEqualTo(Fence.State.SIGNALED);
            }
            assertThat(other.awaitIdle(Access.READ_WRITE, LONG)).isTrue();
        }
    }

    @Test
    void conflictingFencesAndSecondSignalsAreRefused() {
        VgemFence writing = imported.attachFence(Access.WRITE);
        var busy = catchThrowableOfType(HeapException.class, () -> imported.attachFence(Access.WRITE));
        assertThat(busy.errno()).contains("EBUSY");
        writing.signal();
        var gone = catchThrowableOfType(HeapException.class, writing::signal);
        assertThat(gone.errno()).contains("ENOENT");
    }

    @Test
    void closingTheDeviceSignalsItsFences() {
        imported.attachFence(Access.WRITE);
        imported.close();
        vgem.close();
        assertThat(buffer.awaitIdle(Access.READ_WRITE, LONG)).isTrue();
    }

    private static boolean isStillBusy(Future<?> work) throws Exception {
        try {
            work.get(50, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException _) {
            return true;
        }
    }
}
