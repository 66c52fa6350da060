package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.DeviceMapping.Segment;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a device finds a buffer: a scatter list of whole pages that it can reach. */
interface ScatterListContract extends Importer {
    int PAGE = 4096;

    @ParameterizedTest
    @ValueSource(longs = {4096, 3 * 4096, (1 << 20) - 4096, 1 << 20})
    default void theListCoversTheBufferExactly(long size) {
        withAnyMapping(size, segments -> {
            assertThat(segments).allSatisfy(segment -> {
                assertThat(segment.length()).isPositive();
                assertThat(segment.length() % PAGE).isZero();
                assertThat(segment.address() % PAGE).isZero();
            });
            assertThat(segments.stream().mapToLong(Segment::length).sum()).isEqualTo(size);
            assertApart(segments.stream());
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 1 << 20})
    default void theListIsWithinTheLimitsOfTheDevice(long size) {
        Constraints limits = device().info().constraints();
        withAnyMapping(size, segments -> {
            assertThat(segments).hasSizeLessThanOrEqualTo(limits.maxSegments());
            assertThat(segments).allSatisfy(segment -> {
                assertThat(segment.length()).isLessThanOrEqualTo(limits.maxSegmentSize());
                long last = segment.address() + segment.length() - 1;
                assertThat(Long.SIZE - Long.numberOfLeadingZeros(last))
                        .as("address bits of the last byte, 0x%x", last)
                        .isLessThanOrEqualTo(limits.addressBits());
            });
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 1 << 20})
    default void contiguousMemoryIsOneSegment(long size) {
        withAnyMapping(size, segments -> {
            if (heap().traits().contiguous() == Answer.YES
                    && size <= device().info().constraints().maxSegmentSize()) {
                assertThat(segments).hasSize(1);
            }
        });
    }

    @Test
    default void theListStaysAsItIsWhileTheBufferIsMapped() {
        withMapping(1 << 20, Access.READ, (_, mapping) -> {
            var before = mapping.segments();
            try (var _ = heap().allocate(1 << 20)) {
                assertThat(mapping.segments()).isEqualTo(before);
            }
            assertThat(mapping.segments()).isEqualTo(before);
        });
    }

    @Test
    default void buffersOfTheSameTimeLieApart() {
        withAnyMapping(
                1 << 20,
                one -> withAnyMapping(3 * PAGE, other -> assertApart(Stream.concat(one.stream(), other.stream()))));
    }

    private void withAnyMapping(long size, Consumer<List<Segment>> test) {
        withAttachment(size, (buffer, attachment) -> {
            for (Access direction : Access.values()) {
                withMapping(buffer, attachment, direction, mapping -> test.accept(mapping.segments()));
            }
        });
    }

    private static void assertApart(Stream<Segment> segments) {
        var sorted = segments.sorted(Comparator.comparingLong(Segment::address)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            Segment before = sorted.get(i - 1);
            assertThat(sorted.get(i).address())
                    .as("the start of what follows %s", before)
                    .isGreaterThanOrEqualTo(before.address() + before.length());
        }
    }
}
