package io.dmaheap.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PollerTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration LINGER = Duration.ofMillis(20);
    private static final int MANY = 500;

    private final ScriptedLibc libc = new ScriptedLibc();
    private final Libc real = NativeAccess.libc();
    private final Poller poller = new Poller(libc, LINGER);
    private final List<Integer> files = new ArrayList<>();

    @AfterEach
    void theThreadEndsWithItsDescriptorsWhenNothingIsWaitedFor() {
        await().until(() -> !poller.isRunning());
        assertThat(libc.held()).isEmpty();
        files.forEach(real::close);
    }

    private int quiet() {
        int file = real.eventfd(0, EpollStructs.EFD_CLOEXEC);
        files.add(file);
        return file;
    }

    private void makeReady(int file) {
        try (Arena arena = Arena.ofConfined()) {
            real.write(file, arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
        }
    }

    /** Waits on a virtual thread, and tells when the wait is over. */
    private CompletableFuture<Void> waiting(int file, Duration time) {
        var over = new CompletableFuture<Void>();
        Thread.startVirtualThread(() -> {
            try (var registration = poller.register(file, FileStructs.POLLIN)) {
                registration.await(time.toNanos());
            }
            over.complete(null);
        });
        return over;
    }

    @Test
    void fiveHundredIdleWaitersWakeNothingAndOneEventWakesOne() throws Exception {
        var waits = new ArrayList<CompletableFuture<Void>>();
        for (int count = 0; count < MANY; count++) {
            waits.add(waiting(quiet(), LONG));
        }
        await().until(() -> poller.size() == MANY);
        // The thread is asleep for good once it has seen that there is something to wait for.
        await().during(LINGER.multipliedBy(10)).until(() -> poller.wakeups() <= 1 + libc.count("read"));
        long before = poller.wakeups();
        makeReady(files.get(MANY / 2));
        waits.get(MANY / 2).get(LONG.toSeconds(), TimeUnit.SECONDS);
        await().during(LINGER.multipliedBy(5)).until(() -> poller.wakeups() == before + 1);
        assertThat(waits.stream().filter(CompletableFuture::isDone)).hasSize(1);
        files.forEach(poller::wake);
        for (CompletableFuture<Void> wait : waits) {
            wait.get(LONG.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void waitersForOneDescriptorAreAllWokenByItsEvent() throws Exception {
        int file = quiet();
        var first = waiting(file, LONG);
        var second = waiting(file, LONG);
        await().until(() -> libc.count("epoll_ctl") >= 2);
        makeReady(file);
        first.get(LONG.toSeconds(), TimeUnit.SECONDS);
        second.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aWaitEndsWithItsTimeOrAnInterrupt() throws Exception {
        waiting(quiet(), Duration.ofMillis(1)).get(LONG.toSeconds(), TimeUnit.SECONDS);
        int file = quiet();
        var interrupted = new CompletableFuture<Boolean>();
        Thread thread = Thread.startVirtualThread(() -> {
            try (var registration = poller.register(file, FileStructs.POLLIN)) {
                registration.await(Long.MAX_VALUE);
            }
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        thread.interrupt();
        assertThat(interrupted.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whereTheProcessHasNoDescriptorLeftThereIsNoRegistration() throws Exception {
        int file = quiet();
        libc.fail("epoll_create1", Errno.EMFILE).fail("eventfd", Errno.EMFILE);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(poller.register(file, FileStructs.POLLIN)).isNull();
            assertThat(libc.held()).isEmpty();
        }
        waiting(file, Duration.ZERO).get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aThreadThatFailsWakesAllThatWaitAndTheNextWaitStartsAnother() throws Exception {
        int file = quiet();
        libc.fail("epoll_wait", Errno.EBADF);
        waiting(file, LONG).get(LONG.toSeconds(), TimeUnit.SECONDS);
        var next = waiting(file, LONG);
        makeReady(file);
        next.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void theEventIsPackedOnX86AndNowhereElse() {
        assertThat(EpollStructs.event(true).byteSize()).isEqualTo(12);
        assertThat(EpollStructs.event(false).byteSize()).isEqualTo(16);
    }
}
