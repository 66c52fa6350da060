package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Handles: each one reference, closed once, of no use afterwards. */
interface HandleContract extends Subject {

    @Test
    default void aClosedBufferHandleRefusesEverything() {
        var buffer = heap().allocate(4096);
        buffer.close();
        buffer.close();
        for (ThrowingCallable use : new ThrowingCallable[] {
            buffer::info,
            buffer::read,
            buffer::write,
            () -> buffer.access(Access.READ_WRITE),
            () -> buffer.sharedAccess(Access.READ),
            () -> buffer.setName("late"),
            () -> buffer.awaitIdle(Access.READ, Duration.ZERO),
            () -> buffer.exportFence(Access.READ),
            buffer::exportFd,
            buffer::retain
        }) {
            assertThatIllegalStateException().isThrownBy(use);
        }
    }

    @Test
    default void aClosedHeapHandleRefusesToAllocate() {
        var second = heaps().find(heap().name()).orElseThrow();
        second.close();
        second.close();
        assertThatIllegalStateException().isThrownBy(() -> second.allocate(4096));
        heap().allocate(4096).close();
    }

    @Test
    default void theBufferLivesUntilTheLastHandleIsClosed() {
        var first = heap().allocate(4096);
        var second = first.retain();
        assertThat(heaps().usage().bufferHandles()).isEqualTo(2);
        assertThat(heaps().usage().buffers()).isEqualTo(1);
        first.close();
        first.close();
        assertThat(heaps().usage().buffers()).isEqualTo(1);
        assertThat(second.info().size()).isEqualTo(4096);
        second.close();
        assertThat(heaps().usage().buffers()).isZero();
    }

    @Test
    default void twoHandlesShowTheSameBytes() {
        withCpu(4096, buffer -> {
            try (var second = buffer.retain()) {
                Bytes.write(buffer, "one buffer");
                assertThat(Bytes.read(second)).isEqualTo("one buffer");
            }
        });
    }

    @Test
    default void aBufferOutlivesTheHeapHandleItCameFrom() {
        var second = heaps().find(heap().name()).orElseThrow();
        try (var buffer = second.allocate(4096)) {
            second.close();
            if (heap().traits().cpuAccessible() == Answer.NO) {
                assertRefusesCpu(buffer);
            } else {
                Bytes.write(buffer, "alive");
                assertThat(Bytes.read(buffer)).isEqualTo("alive");
            }
        }
    }

    @Test
    default void everyFindIsOneReference() {
        long before = heaps().usage().heapHandles();
        try (var second = heaps().find(heap().name()).orElseThrow()) {
            assertThat(second.name()).isEqualTo(heap().name());
            assertThat(heaps().usage().heapHandles()).isEqualTo(before + 1);
        }
        assertThat(heaps().usage().heapHandles()).isEqualTo(before);
    }
}
