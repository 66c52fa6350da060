package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceMapping;
import io.dmaheap.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said beforehand about a device and a buffer, and what then happens. */
interface AnswerContract extends Importer {

    /** {@link #attach} and {@link #map} hold what happens against the answer. */
    @ParameterizedTest
    @EnumSource
    default void theAnswerHolds(Access direction) {
        withAttachment(
                1 << 20,
                (buffer, attachment) -> map(buffer, attachment, direction).ifPresent(DeviceMapping::close));
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 1 << 20})
    default void bothDirectionsAreOpenOnlyIfEachIs(long size) {
        try (var buffer = heap().allocate(size)) {
            if (answer(buffer, Access.READ_WRITE) == Answer.YES) {
                assertThat(answer(buffer, Access.READ)).isEqualTo(Answer.YES);
                assertThat(answer(buffer, Access.WRITE)).isEqualTo(Answer.YES);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    default void theAnswerDoesNotDependOnWhoHasTheBuffer(Access direction) {
        withAttachment(8192, (buffer, attachment) -> {
            Answer attached = answer(buffer, direction);
            withMapping(
                    buffer,
                    attachment,
                    direction,
                    _ -> assertThat(answer(buffer, direction)).isEqualTo(attached));
            attachment.close();
            assertThat(answer(buffer, direction)).isEqualTo(attached);
        });
    }

    @Test
    default void theBufferIsAsItWasWhateverTheDeviceDidOrRefused() {
        try (var buffer = heap().allocate(1 << 20)) {
            var before = heaps().usage();
            attach(buffer).ifPresent(attachment -> {
                try (attachment) {
                    for (Access direction : Access.values()) {
                        map(buffer, attachment, direction).ifPresent(DeviceMapping::close);
                    }
                }
            });
            assertThat(heaps().usage()).isEqualTo(before);
            if (heap().traits().cpuAccessible() != Answer.NO) {
                Bytes.write(buffer, "untouched");
                assertThat(Bytes.read(buffer)).isEqualTo("untouched");
            }
        }
    }

    @Test
    default void theDeviceIsListedUnderItsName() {
        assertThat(heaps().devices()).contains(device().info());
    }

    @Test
    default void aDeviceThatIsNotThereIsAnInvalidName() {
        String name = "no-such-device";
        assertThat(heaps().device(name)).isEmpty();
        try (var buffer = heap().allocate(4096)) {
            assertThat(refusal(() -> {
                                buffer.canAccess(name, Access.READ);
                            })
                            .code())
                    .isEqualTo(ErrorCode.INVALID_NAME);
        }
    }

    @Test
    default void threadsThatShareADeviceAndABufferEachHaveTheirOwnAttachment() throws Exception {
        try (var buffer = heap().allocate(8192)) {
            ConcurrencyContract.inThreads(_ -> {
                for (int round = 0; round < 25; round++) {
                    attach(buffer).ifPresent(attachment -> {
                        try (attachment) {
                            map(buffer, attachment, Access.WRITE).ifPresent(DeviceMapping::close);
                        }
                    });
                }
            });
            assertThat(heaps().usage().attachments()).isZero();
            assertThat(heaps().usage().buffers()).isEqualTo(1);
        }
    }
}
