package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A device does to a buffer what it was mapped for, within the buffer, and nothing else. */
interface DirectionContract extends Importer {

    @Test
    default void aBufferMappedForReadingIsNotWritten() {
        withMapping(8192, Access.READ, (buffer, mapping) -> {
            var bytes = MemorySegment.ofArray(new byte[] {1, 2, 3});
            assertThat(refusal(() -> mapping.write(4095, bytes)).code()).isEqualTo(ErrorCode.BUS_FAULT);
            if (heap().traits().cpuAccessible() != Answer.NO) {
                try (var cpu = buffer.read()) {
                    assertThat(cpu.segment().get(ValueLayout.JAVA_BYTE, 4095)).isNotEqualTo((byte) 1);
                }
            }
        });
    }

    @Test
    default void aBufferMappedForWritingIsNotRead() {
        withMapping(8192, Access.WRITE, (_, mapping) -> {
            byte[] seen = {9, 9, 9};
            assertThat(refusal(() -> mapping.read(4095, MemorySegment.ofArray(seen)))
                            .code())
                    .isEqualTo(ErrorCode.BUS_FAULT);
            assertThat(seen).containsExactly(9, 9, 9);
        });
    }

    @Test
    default void theFaultNamesTheDevice() {
        withMapping(
                4096,
                Access.READ,
                (_, mapping) -> assertThat(refusal(() -> mapping.write(0, MemorySegment.ofArray(new byte[1]))))
                        .hasMessageContaining(device().info().name())
                        .hasMessageContaining("write"));
    }

    @ParameterizedTest
    @EnumSource
    default void mappingsKeepTheirOwnDirection(Access direction) {
        withAttachment(
                4096,
                (buffer, attachment) -> withMapping(
                        buffer,
                        attachment,
                        Access.READ,
                        reading -> withMapping(buffer, attachment, direction, other -> {
                            assertThat(reading.direction()).isEqualTo(Access.READ);
                            assertThat(other.direction()).isEqualTo(direction);
                            var bytes = MemorySegment.ofArray(new byte[1]);
                            assertThat(refusal(() -> reading.write(0, bytes)).code())
                                    .isEqualTo(ErrorCode.BUS_FAULT);
                        })));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "8192, 1", "8191, 2", "0, 8193", "9223372036854775807, 1"})
    default void nothingBeyondTheBufferIsMoved(long offset, int size) {
        withMapping(8192, Access.READ_WRITE, (_, mapping) -> {
            var bytes = MemorySegment.ofArray(new byte[size]);
            assertThatThrownBy(() -> mapping.read(offset, bytes)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> mapping.write(offset, bytes)).isInstanceOf(IndexOutOfBoundsException.class);
        });
    }
}
