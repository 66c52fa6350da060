package io.dmaheap.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.FdSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SeqpacketSocketTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(15);

    private final Libc libc = NativeAccess.libc();

    @TempDir
    Path directory;

    private Path path;
    private SeqpacketListener listener;
    private FdSocket client;
    private FdSocket server;

    @BeforeEach
    void connect() {
        path = directory.resolve("socket");
        listener = SeqpacketListener.bind(libc, path);
        client = SeqpacketSocket.connect(libc, path);
        server = listener.accept(LONG).orElseThrow();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void messagesKeepTheirBoundariesEvenEmptyOnes() {
        client.send(new byte[] {1}, List.of());
        client.send(new byte[0], List.of());
        client.send(new byte[64 * 1024], List.of());
        assertThat(server.receive(LONG).orElseThrow().payload()).containsExactly(1);
        assertThat(server.receive(LONG).orElseThrow().payload()).isEmpty();
        assertThat(server.receive(LONG).orElseThrow().payload()).hasSize(64 * 1024);
    }

    @Test
    void descriptorsTravelBothWaysCloseOnExec() {
        try (DmaBufFd fd = memfd()) {
            client.send(new byte[] {1}, List.of(fd, fd));
            FdSocket.Message there = server.receive(LONG).orElseThrow();
            assertThat(there.descriptors()).hasSize(2);
            assertThat(libc.fcntl(there.descriptors().getFirst().number(), 1, 0))
                    .isEqualTo(1);
            server.send(new byte[] {2}, there.descriptors());
            there.descriptors().forEach(DmaBufFd::close);
            FdSocket.Message back = client.receive(LONG).orElseThrow();
            assertThat(back.descriptors()).hasSize(2);
            back.descriptors().forEach(DmaBufFd::close);
        }
    }

    @Test
    void asManyDescriptorsAsTheKernelAllowsGoThroughAndNotOneMore() {
        try (DmaBufFd fd = memfd()) {
            client.send(new byte[1], Collections.nCopies(253, fd));
            var message = server.receive(LONG).orElseThrow();
            assertThat(message.descriptors()).hasSize(253);
            message.descriptors().forEach(DmaBufFd::close);
            var e = catchThrowableOfType(
                    HeapException.class, () -> client.send(new byte[1], Collections.nCopies(254, fd)));
            assertThat(e.errno()).contains("EMSGSIZE");
        }
        var e = catchThrowableOfType(HeapException.class, () -> client.send(new byte[1 << 20], List.of()));
        assertThat(e.getMessage()).contains("too large");
    }

    @Test
    void thePeerIsWhomTheKernelVouchesFor() {
        assertThat(server.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(client.peer()).isEqualTo(server.peer());
    }

    @Test
    void aReceiveThatGetsNothingEndsInTime() {
        assertThat(server.receive(Duration.ofMillis(1))).isEmpty();
        assertThat(server.receive(Duration.ZERO)).isEmpty();
        assertThat(listener.accept(Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void aPeerThatLeftIsGoneForReceiversAndSenders() {
        client.close();
        var receiving = catchThrowableOfType(HeapException.class, () -> server.receive(LONG));
        assertThat(receiving.code()).isEqualTo(ErrorCode.DEVICE_GONE);
        var sending = catchThrowableOfType(HeapException.class, () -> server.send(new byte[1], List.of()));
        assertThat(sending.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
        assertThat(sending.errno()).contains("EPIPE");
    }

    @Test
    void whatAPeerSentBeforeItLeftArrivesEvenIfItNeverReadWhatItWasSent() {
        server.send(new byte[] {1}, List.of());
        try (DmaBufFd fd = memfd()) {
            client.send(new byte[] {2}, List.of(fd));
        }
        client.close();
        FdSocket.Message last = server.receive(LONG).orElseThrow();
        assertThat(last.payload()).containsExactly(2);
        last.descriptors().forEach(DmaBufFd::close);
        var e = catchThrowableOfType(HeapException.class, () -> server.receive(LONG));
        assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE);
    }

    @Test
    void aPeerThatLeftWithoutReadingIsABrokenPipeToo() {
        server.send(new byte[] {1}, List.of());
        client.close();
        var e = catchThrowableOfType(HeapException.class, () -> server.send(new byte[] {1}, List.of()));
        assertThat(e.errno()).contains("EPIPE");
        assertThat(e.getMessage()).contains("The peer closed the connection");
    }

    @Test
    void aSecondListenerOnTheSamePathIsToldWhy() {
        var e = catchThrowableOfType(HeapException.class, () -> SeqpacketListener.bind(libc, path));
        assertThat(e.errno()).contains("EADDRINUSE");
        assertThat(e.getMessage()).contains("The file exists");
    }

    @Test
    void aPathThatDoesNotFitIsRefused() {
        Path tooLong = directory.resolve("x".repeat(108));
        var e = catchThrowableOfType(HeapException.class, () -> SeqpacketListener.bind(libc, tooLong));
        assertThat(e.errno()).contains("ENAMETOOLONG");
        var nobody = catchThrowableOfType(
                HeapException.class, () -> SeqpacketSocket.connect(libc, directory.resolve("nobody")));
        assertThat(nobody.errno()).contains("ENOENT");
    }

    @Test
    void closingTheListenerRemovesItsFileOnce() throws Exception {
        listener.close();
        assertThat(path).doesNotExist();
        Files.createFile(path);
        listener.close();
        assertThat(path).exists();
    }

    @Test
    void closingTheListenerLeavesTheFileOfAnotherListenerAlone() throws Exception {
        Files.delete(path);
        try (var other = SeqpacketListener.bind(libc, path)) {
            listener.close();
            assertThat(path).exists();
            try (var connecting = SeqpacketSocket.connect(libc, path);
                    var accepted = other.accept(LONG).orElseThrow()) {
                assertThat(accepted.peer()).isEqualTo(connecting.peer());
            }
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void closingTheListenerLeavesARegularFileAlone() throws Exception {
        Files.delete(path);
        Files.writeString(path, "precious");
        listener.close();
        assertThat(path).hasContent("precious");
    }

    @Test
    void aSecondReceiverKeepsItsTimeAndItsInterrupt() throws Exception {
        var first = CompletableFuture.supplyAsync(() -> server.receive(LONG), Thread::startVirtualThread);
        var second =
                CompletableFuture.supplyAsync(() -> server.receive(Duration.ofMillis(1)), Thread::startVirtualThread);
        assertThat(second.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        var code = new CompletableFuture<ErrorCode>();
        Thread third = Thread.startVirtualThread(() -> {
            try {
                server.receive(LONG);
            } catch (HeapException e) {
                code.complete(e.code());
            }
        });
        third.interrupt();
        assertThat(code.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(first).isNotDone();
        client.send(new byte[] {7}, List.of());
        assertThat(first.get(SOON.toSeconds(), TimeUnit.SECONDS).orElseThrow().payload())
                .containsExactly(7);
    }

    @Test
    void aPeerThatReadsNothingHoldsASenderNoLongerThanItsLimit() {
        try (var other = SeqpacketListener.bind(libc, directory.resolve("other"));
                var sender =
                        SeqpacketSocket.connect(libc, directory.resolve("other"), Duration.ZERO, Duration.ofMillis(1));
                var receiver = other.accept(LONG).orElseThrow()) {
            var e = catchThrowableOfType(HeapException.class, () -> sendForEver(sender));
            assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
            assertThat(e.errno()).contains("EAGAIN");
            assertThat(e.getMessage())
                    .contains("process " + ProcessHandle.current().pid(), "`ss -xp`");
            assertThat(receiver.receive(LONG)).isPresent();
        }
    }

    @Test
    void aSenderCanBeInterrupted() throws Exception {
        var code = new CompletableFuture<ErrorCode>();
        Thread thread = Thread.startVirtualThread(() -> {
            try {
                sendForEver(client);
            } catch (HeapException e) {
                code.complete(Thread.currentThread().isInterrupted() ? e.code() : null);
            }
        });
        thread.interrupt();
        assertThat(code.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ErrorCode.INTERRUPTED);
    }

    private static void sendForEver(FdSocket socket) {
        while (true) {
            socket.send(new byte[64 * 1024], List.of());
        }
    }

    @Test
    void closingWakesWhoeverWaits() throws Exception {
        var waiting = new CountDownLatch(1);
        var outcome = CompletableFuture.supplyAsync(() -> {
            waiting.countDown();
            return server.receive(LONG);
        });
        assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
        server.close();
        assertThat(outcome.handle((_, e) -> e.getCause()).get(LONG.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class);
        assertThatIllegalStateException().isThrownBy(() -> server.send(new byte[1], List.of()));
    }

    @Test
    void interruptingWakesWhoeverWaits() throws Exception {
        var code = new CompletableFuture<ErrorCode>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                server.receive(LONG);
            } catch (HeapException e) {
                code.complete(Thread.currentThread().isInterrupted() ? e.code() : null);
            }
        });
        thread.interrupt();
        assertThat(code.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ErrorCode.INTERRUPTED);
    }

    @Test
    void connectionsThatGoAwayBeforeTheyAreAcceptedAreNoFailure() {
        var scripted = new ScriptedLibc().fail("accept4", Errno.ECONNABORTED);
        try (var other = SeqpacketListener.bind(scripted, directory.resolve("other"));
                var connecting = SeqpacketSocket.connect(libc, directory.resolve("other"));
                var accepted = other.accept(LONG).orElseThrow()) {
            assertThat(accepted.peer()).isEqualTo(connecting.peer());
        }
    }

    private DmaBufFd memfd() {
        return SharedFd.owned(libc, libc.memfdCreate("test", 1));
    }
}
