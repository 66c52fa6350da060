package io.dmaheap.testkit;

import static io.dmaheap.ErrorCode.NOT_A_DMA_BUF;
import static io.dmaheap.ErrorCode.UNSUPPORTED;
import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dmaheap.Answer;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** File descriptors of buffers. On a platform without them, each of these checks the refusal. */
interface DescriptorContract extends Subject {

    /** Runs a test with a buffer and its descriptor, or checks that there is consistently none. */
    private void withFd(BiConsumer<DmaBuf, DmaBufFd> test) {
        try (var buffer = heap().allocate(8192)) {
            if (buffer.info().descriptor() == Descriptor.NONE) {
                assertThat(refusal(buffer::exportFd).code()).isEqualTo(UNSUPPORTED);
                assertThat(buffer.info().inode()).isZero();
                return;
            }
            try (var fd = buffer.exportFd()) {
                test.accept(buffer, fd);
            }
        }
    }

    @Test
    default void anExportIsANewDescriptorThatTheCallerOwns() {
        withFd((buffer, fd) -> {
            assertThat(fd.number()).isNotNegative();
            try (var second = buffer.exportFd()) {
                assertThat(second.number()).isNotEqualTo(fd.number());
            }
            fd.close();
            fd.close();
            assertThatIllegalStateException().isThrownBy(fd::number);
            buffer.exportFd().close();
        });
    }

    @Test
    default void anExportThatComesBackIsTheSameBuffer() {
        withFd((buffer, fd) -> {
            try (var back = heaps().importFd(fd.number())) {
                assertThat(back.info().inode()).isEqualTo(buffer.info().inode()).isNotZero();
                assertThat(back.size()).isEqualTo(buffer.size());
                assertThat(back.traits()).isEqualTo(heap().traits());
                assertThat(heaps().usage().buffers()).isEqualTo(1);
                assertThat(heaps().usage().bytes()).isEqualTo(buffer.size());
                assertThat(heaps().usage().bufferHandles()).isEqualTo(2);
                if (heap().traits().cpuAccessible() != Answer.NO) {
                    Bytes.write(buffer, "round trip");
                    assertThat(Bytes.read(back)).isEqualTo("round trip");
                }
            }
        });
    }

    @Test
    default void twoBuffersAreNeverTakenForOne() {
        withFd((buffer, fd) -> {
            try (var other = heap().allocate(8192)) {
                assertThat(other.info().inode()).isNotEqualTo(buffer.info().inode());
            }
        });
    }

    @Test
    default void aDescriptorKeepsTheBytesAfterTheLastHandle() {
        withFd((buffer, fd) -> {
            long inode = buffer.info().inode();
            boolean readable = heap().traits().cpuAccessible() != Answer.NO;
            if (readable) {
                Bytes.write(buffer, "still here");
            }
            buffer.close();
            assertThat(heaps().usage().buffers())
                    .as("buffers while a descriptor pins the memory")
                    .isOne();
            try (var back = heaps().importFd(fd.number())) {
                assertThat(back.info().inode()).isEqualTo(inode);
                if (readable) {
                    assertThat(Bytes.read(back)).isEqualTo("still here");
                }
            }
        });
    }

    @Test
    default void descriptorsOfOtherThingsAreRefused() {
        withFd((buffer, fd) -> {
            int closed = fd.number();
            fd.close();
            for (int wrong : new int[] {closed, 1_000_000, -1, 0}) {
                assertThat(refusal(() -> heaps().importFd(wrong)).code()).isEqualTo(NOT_A_DMA_BUF);
            }
        });
    }
}
