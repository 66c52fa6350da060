package io.dmaheap.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.FdSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener that takes nobody while more and more come. */
@Timeout(60)
class FullQueueTests {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ScriptedLibc libc = new ScriptedLibc();
    private final List<FdSocket> queue = new ArrayList<>();

    @TempDir
    Path directory;

    private Path path;
    private SeqpacketListener listener;
    private Set<Object> held;
    private long connects;

    @BeforeEach
    void fill() {
        path = directory.resolve("socket");
        listener = SeqpacketListener.bind(libc, path);
        var full = catchThrowableOfType(HeapException.class, () -> {
            while (true) {
                queue.add(SeqpacketSocket.connect(libc, path, Duration.ZERO, LONG));
            }
        });
        assertThat(full.code()).isEqualTo(ErrorCode.TIMED_OUT);
        held = libc.held();
        connects = libc.count("connect");
    }

    @AfterEach
    void close() {
        queue.forEach(FdSocket::close);
        listener.close();
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void whoFindsNoPlaceIsToldWhoseFaultItIs() {
        var e = catchThrowableOfType(
                HeapException.class, () -> SeqpacketSocket.connect(libc, path, Duration.ofMillis(1), LONG));
        assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
        assertThat(e.errno()).contains("EAGAIN");
        assertThat(e.getMessage()).contains(path.toString(), "queue", "`ss -xlp`");
        assertThat(libc.held()).isEqualTo(held);
    }

    @Test
    void aPlaceThatBecomesFreeIsTaken() throws Exception {
        var connecting = CompletableFuture.supplyAsync(() -> SeqpacketSocket.connect(libc, path, LONG, LONG));
        await().until(() -> libc.count("connect") > connects + 1);
        assertThat(connecting).isNotDone();
        listener.accept(LONG).orElseThrow().close();
        queue.add(connecting.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void interruptingEndsTheWait() throws Exception {
        var code = new CompletableFuture<ErrorCode>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                SeqpacketSocket.connect(libc, path, LONG, LONG).close();
            } catch (HeapException e) {
                code.complete(Thread.currentThread().isInterrupted() ? e.code() : null);
            }
        });
        await().until(() -> libc.count("connect") > connects);
        thread.interrupt();
        assertThat(code.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(libc.held()).isEqualTo(held);
    }
}
