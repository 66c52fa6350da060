package io.dmaheap.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.libc.SocketStructs;
import io.dmaheap.spi.FdSocket;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets that other code made. */
class ForeignSocketTests {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path directory;

    @AfterEach
    void nothingIsLeft() {
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void aConnectedSocketSpeaksTheProtocolAndStaysItsMakers() {
        Path path = directory.resolve("socket");
        try (SeqpacketListener listener = SeqpacketListener.bind(libc, path);
                DmaBufFd made = connected(path);
                FdSocket there = listener.accept(LONG).orElseThrow()) {
            int flags = libc.fcntl(made.number(), FileStructs.F_GETFL, 0);
            try (FdSocket here = SeqpacketSocket.of(libc, made.number())) {
                here.send(new byte[] {1, 2}, List.of());
                assertThat(there.receive(LONG).orElseThrow().payload()).containsExactly(1, 2);
                assertThat(here.receive(Duration.ZERO)).isEmpty();
                there.send(new byte[] {3}, List.of());
                assertThat(here.receive(LONG).orElseThrow().payload()).containsExactly(3);
                assertThat(here.peer().pid())
                        .isEqualTo((int) ProcessHandle.current().pid());
            }
            assertThat(libc.fcntl(made.number(), FileStructs.F_GETFL, 0)).isEqualTo(flags);
            try (FdSocket again = SeqpacketSocket.of(libc, made.number())) {
                again.send(new byte[] {4}, List.of());
                assertThat(there.receive(LONG).orElseThrow().payload()).containsExactly(4);
            }
        }
    }

    private DmaBufFd connected(Path path) {
        DmaBufFd made = unconnected();
        try (Arena arena = Arena.ofConfined()) {
            SocketAddress address = SocketAddress.of(path, arena, "connect");
            assertThat(libc.connect(made.number(), address.memory(), address.length()))
                    .isZero();
        }
        return made;
    }

    private DmaBufFd unconnected() {
        return SharedFd.owned(
                libc, libc.socket(SocketStructs.AF_UNIX, SocketStructs.SOCK_SEQPACKET | SocketStructs.SOCK_CLOEXEC, 0));
    }

    @Test
    void whatIsNoConnectedSocketOfThisTypeIsRefusedByName() {
        int stream = libc.socket(SocketStructs.AF_UNIX, 1 | SocketStructs.SOCK_CLOEXEC, 0);
        int file = libc.open("/proc/self/status", FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        try (DmaBufFd alone = unconnected();
                DmaBufFd streaming = SharedFd.owned(libc, stream);
                DmaBufFd status = SharedFd.owned(libc, file)) {
            assertRefused(streaming.number(), "EPROTOTYPE", "SOCK_SEQPACKET");
            assertRefused(status.number(), "ENOTSOCK", "fd " + file);
            assertRefused(alone.number(), "ENOTCONN", "connect(2)");
        }
        assertRefused(-1, "EBADF", "fd -1");
        assertRefused(file, "EBADF", "fd " + file);
    }

    private void assertRefused(int fd, String errno, String words) {
        var e = catchThrowableOfType(HeapException.class, () -> SeqpacketSocket.of(libc, fd));
        assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
        assertThat(e.errno()).contains(errno);
        assertThat(e).hasMessageContaining(words);
    }
}
