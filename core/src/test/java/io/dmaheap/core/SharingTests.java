package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets between two ends in one process, without a kernel; the contract has real ones. */
class SharingTests {
    private static final Path PATH = Path.of("/run/buffers");
    private static final Duration NOW = Duration.ZERO;

    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps =
            TestHeaps.open(platform, FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)));
    private final DmaBuf buffer = allocate();
    private final BufferListener listener = heaps.listen(PATH);
    private final BufferSocket here = heaps.connect(PATH);
    private final BufferSocket there = listener.accept(NOW);

    private DmaBuf allocate() {
        try (Heap heap = heaps.find("system").orElseThrow()) {
            return heap.allocate(4096);
        }
    }

    @AfterEach
    void nothingIsLeft() {
        buffer.close();
        there.close();
        here.close();
        listener.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
        assertThat(platform.closed).as("closes of the platform").hasValue(1);
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThat(catchThrowableOfType(HeapException.class, call).code()).isEqualTo(code);
    }

    @Test
    void theBufferThatArrivesIsTheOneThatWasSent() {
        here.send("frame 1", buffer, buffer);
        assertThat(platform.fds()).as("descriptors under way").isEqualTo(2);
        try (var message = there.receive(NOW)) {
            assertThat(message.text()).isEqualTo("frame 1");
            assertThat(message.buffers()).hasSize(2);
            assertThat(heaps.usage().buffers()).isEqualTo(1);
            assertThat(heaps.usage().bufferHandles()).isEqualTo(3);
            assertThat(platform.fds()).isZero();
        }
        assertThat(heaps.usage().bufferHandles()).isEqualTo(1);
    }

    @Test
    void aMessageThatCannotBeSentLeavesNoDescriptors() {
        var broken = new IllegalStateException("the peer is gone");
        platform.faults.fail("send", broken);
        assertThat(catchThrowable(() -> here.send("frame", buffer, buffer))).isSameAs(broken);
        assertThat(platform.fds()).isZero();
    }

    @Test
    void aBufferThatCannotBeExportedLeavesNoDescriptors() {
        try (DmaBuf closed = buffer.retain()) {
            closed.close();
            assertThatIllegalStateException().isThrownBy(() -> here.send("frame", buffer, closed));
            assertThat(platform.fds()).isZero();
            assertCode(ErrorCode.TIMED_OUT, () -> there.receive(NOW));
        }
    }

    @Test
    void aMessageThatCannotBeTakenInLeavesNoBuffers() {
        here.send("frame", buffer, buffer);
        platform.faults.fail(
                "importFd", HeapException.of(ErrorCode.NOT_A_DMA_BUF, "a pipe").build());
        assertCode(ErrorCode.NOT_A_DMA_BUF, () -> there.receive(NOW));
        assertThat(heaps.usage().bufferHandles()).isEqualTo(1);
        assertThat(platform.fds()).isZero();
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsExported() {
        var many = Collections.nCopies(254, buffer).toArray(DmaBuf[]::new);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> here.send("frame", many))
                .withMessageContaining("253");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> here.send("é".repeat(40_000), buffer))
                .withMessageContaining("80000 bytes")
                .withMessageContaining("65536");
        assertThat(platform.faults.calls()).doesNotContain("exportFd", "send");
        here.send("x".repeat(65_536), Collections.nCopies(253, buffer).toArray(DmaBuf[]::new));
        there.receive(NOW).close();
    }

    @Test
    void waitingEndsWithAHint() {
        assertThatThrownBy(() -> there.receive(Duration.ofMillis(5)))
                .isInstanceOfSatisfying(HeapException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
                    assertThat(e.hint()).isPresent();
                })
                .hasMessageContaining("within 5 ms");
        assertThatThrownBy(() -> listener.accept(Duration.ofMillis(5)))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT))
                .hasMessageContaining("/run/buffers");
    }

    @Test
    void whatIsClosedIsOfNoUse() {
        here.close();
        here.close();
        listener.close();
        listener.close();
        assertThatIllegalStateException().isThrownBy(() -> here.send("late"));
        assertThatIllegalStateException().isThrownBy(() -> here.receive(NOW));
        assertThatIllegalStateException().isThrownBy(() -> listener.accept(NOW));
    }

    @Test
    void thePlatformStaysOpenUntilTheLastConnectionIsClosed() {
        buffer.close();
        heaps.close();
        for (AutoCloseable open : new AutoCloseable[] {listener, here, there}) {
            assertThat(platform.closed).hasValue(0);
            assertThat(catchThrowable(open::close)).isNull();
        }
        assertThat(platform.closed).hasValue(1);
    }

    @Test
    void aConnectionOutlivesTheHeapsButTakesNothingIn() {
        here.send("in time", buffer);
        heaps.close();
        assertThatIllegalStateException().isThrownBy(() -> there.receive(NOW));
        assertThat(platform.fds()).isZero();
        here.send("without buffers");
        assertThat(there.receive(NOW).text()).isEqualTo("without buffers");
        assertThatIllegalStateException().isThrownBy(() -> listener.accept(NOW));
        assertThatIllegalStateException().isThrownBy(() -> heaps.connect(PATH));
        assertThatIllegalStateException().isThrownBy(() -> heaps.listen(PATH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "listen", "accept"})
    void whatCannotBeOpenedHoldsNothing(String operation) {
        var failure = new IllegalStateException("no socket left");
        platform.faults.fail(operation, failure);
        ThrowingCallable attempt = switch (operation) {
            case "connect" -> () -> heaps.connect(PATH);
            case "listen" -> () -> heaps.listen(PATH);
            default -> () -> listener.accept(NOW);
        };
        assertThat(catchThrowable(attempt)).isSameAs(failure);
    }

    @Test
    void aSocketThatFailsToCloseLetsThePlatformGoAllTheSame() {
        platform.faults.fail("socketClose", new IllegalStateException("of the platform"));
        assertThatIllegalStateException().isThrownBy(here::close);
        platform.faults.heal("socketClose");
        platform.faults.fail("listenerClose", new IllegalStateException("of the platform"));
        assertThatIllegalStateException().isThrownBy(listener::close);
    }
}
