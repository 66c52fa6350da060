package io.dmaheap.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.dmabuf.DmaBufMemory;
import io.dmaheap.linux.dmabuf.SyncFile;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.spi.FdSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More virtual threads wait than there are carriers: others run all the same, and an interrupt ends each wait at once. */
@Timeout(120)
class VirtualWaitTests {
    private static final int WAITERS = 4 * Runtime.getRuntime().availableProcessors();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Libc libc = NativeAccess.libc();

    @TempDir
    Path directory;

    @Test
    void receiversLetOthersRun() throws Exception {
        try (var listener = SeqpacketListener.bind(libc, directory.resolve("socket"));
                FdSocket client = SeqpacketSocket.connect(libc, directory.resolve("socket"));
                FdSocket server = listener.accept(LONG).orElseThrow()) {
            othersRunWhile(() -> server.receive(LONG));
            assertThat(client.peer()).isEqualTo(server.peer());
        }
    }

    @Test
    void listenersLetOthersRun() throws Exception {
        try (var listener = SeqpacketListener.bind(libc, directory.resolve("socket"))) {
            othersRunWhile(() -> listener.accept(LONG));
        }
    }

    /** An eventfd(2) that is 0 cannot be read, as a fence that is pending. */
    @Test
    void waitersForAFenceLetOthersRun() throws Exception {
        try (var fence = new SyncFile(libc, libc.eventfd(0, 0))) {
            othersRunWhile(() -> fence.await(LONG));
        }
    }

    @Test
    void waitersForABufferLetOthersRun() throws Exception {
        var memory = new DmaBufMemory(libc, libc.eventfd(0, 0), 4096, Access.READ_WRITE);
        othersRunWhile(() -> memory.awaitIdle(Access.READ, LONG));
        memory.release();
    }

    private void othersRunWhile(Runnable wait) throws Exception {
        var begun = new CountDownLatch(WAITERS);
        var waiting = new ArrayList<Thread>();
        var codes = new ConcurrentLinkedQueue<ErrorCode>();
        for (int count = 0; count < WAITERS; count++) {
            waiting.add(Thread.startVirtualThread(() -> {
                begun.countDown();
                try {
                    wait.run();
                } catch (HeapException e) {
                    codes.add(e.code());
                }
            }));
        }
        // Each step needs a carrier for a moment.
        var progress = CompletableFuture.completedFuture(0);
        for (int step = 0; step < 10; step++) {
            progress = progress.thenApplyAsync(done -> done + 1, Thread::startVirtualThread);
        }
        assertThat(progress.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(10);
        assertThat(begun.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        waiting.forEach(Thread::interrupt);
        for (Thread thread : waiting) {
            assertThat(thread.join(SOON)).isTrue();
        }
        assertThat(codes).hasSize(WAITERS).containsOnly(ErrorCode.INTERRUPTED);
    }
}
