package io.dmaheap.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.memfd.MemfdsFixture;
import io.dmaheap.spi.FdSocket;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer that sends descriptors of a file system that it serves itself and leaves every question about them unanswered, as a FUSE server
 * can: {@code statfs}, {@code getattr}, {@code lseek}, {@code poll} and the {@code flush} of {@code close(2)}.
 */
@Timeout(60)
class SilentFileTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Set<String> ASKS_THE_FILE_SYSTEM =
            Set.of("fstatfs", "statx", "lseek", "poll", "close", "read", "mmap", "ioctl", "ftruncate");

    private final Libc real = NativeAccess.libc();
    private final CountDownLatch answers = new CountDownLatch(1);
    private final Libc libc = (Libc) Proxy.newProxyInstance(
            Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, (_, method, arguments) -> {
                if (ASKS_THE_FILE_SYSTEM.contains(method.getName())
                        && arguments[0] instanceof Integer fd
                        && isSilent(fd)) {
                    assertThat(answers.await(2 * LONG.toSeconds(), TimeUnit.SECONDS))
                            .isTrue();
                }
                try {
                    return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    private final List<DmaBufFd> received = new ArrayList<>();

    @TempDir
    Path directory;

    private Path file;
    private SeqpacketListener listener;
    private FdSocket peer;
    private FdSocket receiver;

    @BeforeEach
    void connect() throws IOException {
        file = Files.createFile(directory.resolve("silent"));
        Path path = directory.resolve("socket");
        listener = SeqpacketListener.bind(libc, path);
        peer = SeqpacketSocket.connect(real, path);
        receiver = listener.accept(LONG).orElseThrow();
    }

    @AfterEach
    void allDescriptorsAreClosedOnceTheFileSystemAnswers() {
        answers.countDown();
        received.forEach(DmaBufFd::close);
        receiver.close();
        peer.close();
        listener.close();
        await().until(() -> openSilentFiles() == 0);
    }

    private boolean isSilent(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(fd)))
                    .equals(file);
        } catch (IOException _) {
            return false;
        }
    }

    private long openSilentFiles() {
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(link -> Integer.parseInt(link.getFileName().toString()))
                    .filter(this::isSilent)
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void sendSilentFiles(int count) {
        int fd = real.open(file.toString(), FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        try (DmaBufFd owned = SharedFd.owned(real, fd)) {
            peer.send(new byte[] {1}, Collections.nCopies(count, owned));
        }
    }

    @Test
    void itsDescriptorIsRefusedAndClosedWithoutAQuestion() throws Exception {
        sendSilentFiles(1);
        var outcome = CompletableFuture.supplyAsync(() -> {
            received.addAll(receiver.receive(LONG).orElseThrow().descriptors());
            try (var memfds = MemfdsFixture.of(libc)) {
                return catchThrowableOfType(
                        HeapException.class,
                        () -> memfds.importFd(received.getFirst().number()));
            } finally {
                received.forEach(DmaBufFd::close);
            }
        });
        HeapException e = outcome.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_DMA_BUF);
    }

    @Test
    void otherMessagesArriveMeanwhile() throws Exception {
        sendSilentFiles(3);
        peer.send(new byte[] {2}, List.of());
        var second = CompletableFuture.supplyAsync(() -> {
            receiver.receive(LONG).orElseThrow().descriptors().forEach(DmaBufFd::close);
            return receiver.receive(LONG).orElseThrow().payload();
        });
        assertThat(second.get(SOON.toSeconds(), TimeUnit.SECONDS)).containsExactly(2);
    }

    @Test
    void aPeerThatSendsMoreAndMoreOfThemIsNotListenedTo() throws Exception {
        for (int message = 0; message < 2; message++) {
            sendSilentFiles(200);
        }
        peer.send(new byte[] {2}, List.of());
        var third = CompletableFuture.supplyAsync(() -> {
            for (int message = 0; message < 2; message++) {
                receiver.receive(LONG).orElseThrow().descriptors().forEach(DmaBufFd::close);
            }
            return catchThrowableOfType(HeapException.class, () -> receiver.receive(LONG));
        });
        HeapException e = third.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
        assertThat(e.getMessage()).contains("cannot be closed", "close this connection");
        answers.countDown();
        await().untilAsserted(() ->
                assertThat(receiver.receive(LONG).orElseThrow().payload()).containsExactly(2));
    }
}
