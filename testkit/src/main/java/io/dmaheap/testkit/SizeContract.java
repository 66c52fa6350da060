package io.dmaheap.testkit;

import static io.dmaheap.ErrorCode.INVALID_SIZE;
import static io.dmaheap.ErrorCode.LIMIT_EXCEEDED;
import static io.dmaheap.ErrorCode.OUT_OF_MEMORY;
import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which sizes a heap gives out, and which it refuses without harm. */
interface SizeContract extends Subject {

    @Test
    default void oneByteBecomesOnePage() {
        try (var buffer = heap().allocate(1)) {
            assertThat(buffer.size()).isGreaterThanOrEqualTo(4096);
            assertThat(Long.bitCount(buffer.size()))
                    .as("a page is a power of two")
                    .isEqualTo(1);
        }
    }

    @Test
    default void wholePagesKeepTheirSize() {
        try (var page = heap().allocate(1);
                var pages = heap().allocate(16 * page.size())) {
            assertThat(pages.size()).isEqualTo(16 * page.size());
        }
    }

    @Test
    default void oneByteMoreTakesOnePageMore() {
        try (var page = heap().allocate(1);
                var buffer = heap().allocate(2 * page.size() + 1)) {
            assertThat(buffer.size()).isEqualTo(3 * page.size());
        }
    }

    @Test
    default void sizeAndBytesInUseAgree() {
        try (var buffer = heap().allocate(100_000)) {
            assertThat(buffer.info().size()).isEqualTo(buffer.size());
            assertThat(heaps().usage().bytes()).isEqualTo(buffer.size());
            assertThat(heaps().usage().buffers()).isEqualTo(1);
            assertThat(heap().info().bytes()).isEqualTo(buffer.size());
            assertThat(heap().info().buffers()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -4096, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4094})
    default void sizesThatNoBufferCanHaveAreInvalid(long size) {
        assertThat(refusal(() -> heap().allocate(size)).code()).isEqualTo(INVALID_SIZE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 50, 1L << 62, Long.MAX_VALUE - (1L << 20)})
    default void moreThanTheMachineHasIsRefusedAtOnceAndHarmsNothing(long size) {
        var refusal = refusal(() -> heap().allocate(size));
        assertThat(refusal.code()).isIn(LIMIT_EXCEEDED, OUT_OF_MEMORY);
        assertThat(refusal.heap()).contains(heap().name());
        heap().allocate(1).close();
    }
}
