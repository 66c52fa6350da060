package io.dmaheap.testkit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.DmaBuf;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The CPU in a buffer. On a heap that the CPU cannot touch, each of these checks the refusal. */
interface CpuAccessContract extends Subject {

    @Test
    default void whatIsWrittenIsReadBack() {
        withCpu(3 * 4096, buffer -> {
            try (var access = buffer.write()) {
                for (long i = 0; i < buffer.size(); i++) {
                    access.segment().set(JAVA_BYTE, i, (byte) (i % 251));
                }
            }
            try (var access = buffer.read()) {
                assertThat(access.segment().byteSize()).isEqualTo(buffer.size());
                for (long i = 0; i < buffer.size(); i++) {
                    assertThat(access.segment().get(JAVA_BYTE, i)).isEqualTo((byte) (i % 251));
                }
            }
        });
    }

    @Test
    default void anAccessForReadingRefusesWrites() {
        withCpu(4096, buffer -> {
            try (var access = buffer.read()) {
                assertThat(access.access()).isEqualTo(Access.READ);
                assertThat(access.segment().isReadOnly()).isTrue();
                assertThatThrownBy(() -> access.segment().set(JAVA_BYTE, 0, (byte) 1))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        });
    }

    @Test
    default void theSegmentEndsWithTheAccess() {
        withCpu(4096, buffer -> {
            var access = buffer.access(Access.READ_WRITE);
            var segment = access.segment();
            access.close();
            access.close();
            assertThatIllegalStateException().isThrownBy(() -> segment.get(JAVA_BYTE, 0));
            assertThatIllegalStateException().isThrownBy(access::segment);
        });
    }

    @Test
    default void accessesNestAndEndInAnyOrder() {
        withCpu(4096, buffer -> {
            try (var inner = openInsideAnotherThatEndsFirst(buffer)) {
                inner.segment().set(JAVA_BYTE, 1, (byte) 2);
                assertThat(inner.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 1);
                assertThat(heaps().usage().accesses()).isEqualTo(1);
            }
            assertThat(heaps().usage().accesses()).isZero();
        });
    }

    private static io.dmaheap.CpuAccess openInsideAnotherThatEndsFirst(DmaBuf buffer) {
        try (var outer = buffer.write()) {
            outer.segment().set(JAVA_BYTE, 0, (byte) 1);
            return buffer.access(Access.READ_WRITE);
        }
    }

    @Test
    default void anAccessBelongsToTheThreadThatOpenedIt() {
        withCpu(4096, buffer -> {
            try (var access = buffer.read()) {
                var segment = access.segment();
                assertThat(CompletableFuture.supplyAsync(() -> segment.get(JAVA_BYTE, 0)))
                        .failsWithin(java.time.Duration.ofSeconds(60))
                        .withThrowableThat()
                        .withCauseInstanceOf(WrongThreadException.class);
            }
        });
    }

    @Test
    default void aSharedAccessServesAllThreads() {
        withCpu(4096, buffer -> {
            try (var access = buffer.sharedAccess(Access.READ_WRITE)) {
                var segment = access.segment();
                assertThat(CompletableFuture.runAsync(() -> segment.set(JAVA_BYTE, 0, (byte) 7)))
                        .succeedsWithin(java.time.Duration.ofSeconds(60));
                assertThat(segment.get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
            }
        });
    }

    @Test
    default void anAccessOutlivesTheHandleItCameFrom() {
        withCpu(4096, buffer -> {
            var handle = buffer.retain();
            try (var access = handle.write()) {
                handle.close();
                access.segment().set(JAVA_BYTE, 0, (byte) 9);
            }
            try (var access = buffer.read()) {
                assertThat(access.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 9);
            }
        });
    }

    @Test
    default void theMappingIsKeptForTheNextAccessAndGoesWithTheBuffer() {
        withCpu(4096, buffer -> {
            buffer.write().close();
            buffer.write().close();
            assertThat(heaps().usage().mappings()).isEqualTo(1);
        });
        assertThat(heaps().usage().mappings()).isZero();
    }
}
