package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Usage;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buffers shared with a program in C that follows {@code docs/sharing.md}. */
class ForeignPeerTests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void aProgramInCTakesABufferAndGivesOne() throws Exception {
        Path peer = CProgram.compiled("peer", directory);
        Path path = directory.resolve("socket");
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"))) {
            try (BufferListener listener = heaps.listen(path)) {
                Process process = new ProcessBuilder(peer.toString(), path.toString())
                        .redirectErrorStream(true)
                        .start();
                CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(process::destroyForcibly);
                try (BufferSocket socket = listener.accept(PATIENCE)) {
                    assertThat(socket.peer().pid()).isEqualTo((int) process.pid());
                    sendFrame(heaps, socket);
                    receiveAnswer(socket);
                }
                assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("frame 7: 4096 bytes: made in Java\n");
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
            assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        }
    }

    private static void sendFrame(Heaps heaps, BufferSocket socket) {
        try (Heap system = heaps.heap("system");
                DmaBuf frame = system.allocate(AllocationRequest.of(4096).withName("frame 7"))) {
            try (var access = frame.write()) {
                access.segment().setString(0, "made in Java");
            }
            socket.send("frame 7", frame);
        }
    }

    private static void receiveAnswer(BufferSocket socket) {
        try (BufferSocket.Message answer = socket.receive(PATIENCE)) {
            assertThat(answer.text()).isEqualTo("the answer");
            DmaBuf buffer = answer.buffers().getFirst();
            assertThat(buffer.size()).isEqualTo(8192);
            assertThat(buffer.info().heap()).isEmpty();
            try (var access = buffer.read()) {
                MemorySegment bytes = access.segment();
                assertThat(bytes.getString(4096)).isEqualTo("made in C");
            }
        }
    }
}
