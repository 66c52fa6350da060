package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.HeapException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A buffer that no device works on. */
interface IdleContract extends Subject {

    @ParameterizedTest
    @EnumSource
    default void aNewBufferIsIdle(Access access) {
        try (var buffer = heap().allocate(4096)) {
            assertThat(buffer.awaitIdle(access, Duration.ZERO)).isTrue();
            assertThat(buffer.awaitIdle(access, Duration.ofSeconds(60))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    default void theFenceOfAnIdleBufferHasSignaledWhereThereAreFences(Access access) {
        try (var buffer = heap().allocate(4096)) {
            fence(buffer, access).ifPresent(fence -> {
                try (fence) {
                    assertThat(fence.await(Duration.ZERO)).isTrue();
                    assertThat(fence.state()).isEqualTo(Fence.State.SIGNALED);
                }
            });
        }
    }

    @Test
    default void fencesAreSupportedAlwaysOrNever() {
        try (var buffer = heap().allocate(4096)) {
            Map<Access, Boolean> supported = new EnumMap<>(Access.class);
            for (Access access : Access.values()) {
                var fence = fence(buffer, access);
                supported.put(access, fence.isPresent());
                fence.ifPresent(Fence::close);
            }
            assertThat(supported.values()).containsOnly(supported.get(Access.READ));
        }
    }

    @Test
    default void aSignaledFenceCanBeGivenBackToTheBuffer() {
        try (var buffer = heap().allocate(4096)) {
            fence(buffer, Access.WRITE).ifPresent(fence -> {
                try (fence) {
                    buffer.importFence(fence, Access.WRITE);
                }
                assertThat(buffer.awaitIdle(Access.READ_WRITE, Duration.ZERO)).isTrue();
            });
        }
    }

    private static Optional<Fence> fence(DmaBuf buffer, Access access) {
        try {
            return Optional.of(buffer.exportFence(access));
        } catch (HeapException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            return Optional.empty();
        }
    }
}
