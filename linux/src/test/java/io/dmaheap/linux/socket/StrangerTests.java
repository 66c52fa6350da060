package io.dmaheap.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.libc.SocketStructs;
import io.dmaheap.spi.FdSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that is not this library, and may mean ill: whatever it sends, it opens nothing in the process that receives. */
@Timeout(60)
class StrangerTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final byte[] OURS = {Envelope.FORMAT};

    private final Libc libc = NativeAccess.libc();

    @TempDir
    Path directory;

    private SeqpacketListener listener;
    private DmaBufFd stranger;
    private FdSocket receiver;
    private DmaBufFd gift;

    @BeforeEach
    void connect() {
        Path path = directory.resolve("socket");
        listener = SeqpacketListener.bind(libc, path);
        var fd = new SharedFd(libc, "stranger");
        SocketAddress.open(libc, 0, fd);
        stranger = SharedFd.owned(libc, fd.number());
        try (Arena arena = Arena.ofConfined()) {
            SocketAddress address = SocketAddress.of(path, arena, "connect");
            assertThat(libc.connect(stranger.number(), address.memory(), address.length()))
                    .isZero();
        }
        receiver = listener.accept(LONG).orElseThrow();
        gift = SharedFd.owned(libc, libc.memfdCreate("gift", 1));
    }

    @AfterEach
    void close() {
        gift.close();
        receiver.close();
        stranger.close();
        listener.close();
    }

    @Test
    void aMessageOfAnotherFormatIsRefusedAndItsDescriptorsAreClosed() {
        assertRefused(new byte[] {'x'}, 1);
    }

    @Test
    void anEmptyMessageIsRefusedAndItsDescriptorsAreClosed() {
        assertRefused(new byte[0], 50);
        assertRefused(new byte[0], 253);
    }

    @Test
    void aMessageThatIsTooLongIsRefusedAndItsDescriptorsAreClosed() {
        byte[] tooLong = new byte[1 + Envelope.MAX_PAYLOAD + 1];
        tooLong[0] = Envelope.FORMAT;
        assertRefused(tooLong, 2);
    }

    @Test
    void anEmptyMessageIsNotTakenForTheEndOfTheConnection() {
        assertRefused(new byte[0], 0);
        send(OURS, 0);
        assertThat(receiver.receive(LONG).orElseThrow().payload()).isEmpty();
    }

    @Test
    void aStrangerThatLeavesIsGone() {
        send(new byte[0], 0);
        stranger.close();
        for (int receive = 0; receive < 2; receive++) {
            var e = catchThrowableOfType(HeapException.class, () -> receiver.receive(LONG));
            assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_GONE);
        }
    }

    private void assertRefused(byte[] message, int descriptors) {
        List<String> before = openFiles();
        send(message, descriptors);
        var e = catchThrowableOfType(HeapException.class, () -> receiver.receive(LONG));
        assertThat(openFiles()).isEqualTo(before);
        assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
        assertThat(e.errno()).contains("EPROTO");
    }

    /** Sends exactly these bytes, which {@link Envelope} would put its own before. */
    private void send(byte[] bytes, int descriptors) {
        try (Arena arena = Arena.ofConfined()) {
            int[] numbers = Collections.nCopies(descriptors, gift.number()).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            MemorySegment message = Envelope.of(arena, bytes, numbers).message();
            MemorySegment vector = ((MemorySegment) SocketStructs.MSG_IOV.get(message, 0L))
                    .reinterpret(SocketStructs.IOVEC.byteSize());
            MemorySegment payload = (MemorySegment) SocketStructs.IOV_BASE.get(vector, 0L);
            SocketStructs.IOV_BASE.set(vector, 0L, MemorySegment.ofAddress(payload.address() + 1));
            SocketStructs.IOV_LEN.set(vector, 0L, (long) bytes.length);
            assertThat(libc.sendmsg(stranger.number(), message, 0)).isEqualTo(bytes.length);
        }
    }

    private static List<String> openFiles() {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
