package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Answer;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buffers that travel over a socket, here with both ends in one process. Without descriptors, the refusal is checked. */
interface SharingContract extends Subject {
    Duration PATIENCE = Duration.ofSeconds(60);

    /** What is done with a buffer and the two ends of a connection. */
    @FunctionalInterface
    interface Conversation {
        void between(DmaBuf buffer, BufferSocket here, BufferSocket there);
    }

    private void withPeer(Path directory, Conversation conversation) {
        Path path = directory.resolve("buffers");
        try (var buffer = heap().allocate(8192)) {
            if (buffer.info().descriptor() == Descriptor.NONE) {
                assertThat(refusal(() -> heaps().listen(path)).code()).isEqualTo(ErrorCode.UNSUPPORTED);
                assertThat(refusal(() -> heaps().connect(path)).code()).isEqualTo(ErrorCode.UNSUPPORTED);
                return;
            }
            try (var listener = heaps().listen(path);
                    var here = heaps().connect(path);
                    var there = listener.accept(PATIENCE)) {
                conversation.between(buffer, here, there);
            }
            assertThat(path).doesNotExist();
        }
    }

    @Test
    default void aPeerSeesWhatWasWrittenAndAnswersInPlace(@TempDir Path directory) {
        withPeer(directory, (buffer, here, there) -> {
            boolean readable = heap().traits().cpuAccessible() != Answer.NO;
            if (readable) {
                Bytes.write(buffer, "ping");
            }
            here.send("frame 1", buffer);
            try (var message = there.receive(PATIENCE)) {
                assertThat(message.text()).isEqualTo("frame 1");
                assertThat(message.buffers()).singleElement().satisfies(received -> {
                    assertThat(received.size()).isEqualTo(buffer.size());
                    assertThat(received.info().inode()).isEqualTo(buffer.info().inode());
                    if (readable) {
                        assertThat(Bytes.read(received)).isEqualTo("ping");
                        Bytes.write(received, "pong");
                        assertThat(Bytes.read(buffer)).isEqualTo("pong");
                    } else {
                        assertRefusesCpu(received);
                    }
                });
            }
        });
    }

    @Test
    default void severalBuffersArriveInTheOrderSent(@TempDir Path directory) {
        withPeer(directory, (buffer, here, there) -> {
            try (var larger = heap().allocate(3 * buffer.size())) {
                here.send("two", larger, buffer);
            }
            try (var message = there.receive(PATIENCE)) {
                assertThat(message.buffers())
                        .extracting(DmaBuf::size)
                        .containsExactly(3 * buffer.size(), buffer.size());
            }
        });
    }

    @Test
    default void aMessageNeedsNoBuffers(@TempDir Path directory) {
        withPeer(directory, (buffer, here, there) -> {
            there.send("naïve text, 文字");
            try (var message = here.receive(PATIENCE)) {
                assertThat(message.text()).isEqualTo("naïve text, 文字");
                assertThat(message.buffers()).isEmpty();
            }
        });
    }

    @Test
    default void waitingForASilentPeerTimesOut(@TempDir Path directory) {
        withPeer(
                directory,
                (buffer, here, there) -> assertThat(refusal(() -> there.receive(Duration.ofMillis(1)))
                                .code())
                        .isEqualTo(ErrorCode.TIMED_OUT));
    }

    @Test
    default void aPeerThatHungUpIsReported(@TempDir Path directory) {
        withPeer(directory, (buffer, here, there) -> {
            here.close();
            assertThat(refusal(() -> there.receive(PATIENCE)).code()).isEqualTo(ErrorCode.DEVICE_GONE);
            var broken = refusal(() -> there.send("anybody?", buffer));
            assertThat(broken.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
            assertThat(broken.errno()).contains("EPIPE");
        });
    }

    @Test
    default void thePeerIsThisProcess(@TempDir Path directory) {
        withPeer(directory, (buffer, here, there) -> {
            assertThat(there.peer().pid())
                    .isEqualTo(Math.toIntExact(ProcessHandle.current().pid()));
            assertThat(here.peer()).isEqualTo(there.peer());
        });
    }
}
