package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way of a buffer to a device and back: attach, map, unmap, detach, in this order only. */
interface AttachmentContract extends Importer {

    @ParameterizedTest
    @EnumSource
    default void aMappedBufferIsNotDetached(Access direction) {
        withAttachment(
                8192,
                (buffer, attachment) -> withMapping(buffer, attachment, direction, mapping -> {
                    assertThatIllegalStateException().isThrownBy(attachment::close);
                    assertThat(heaps().usage().attachments()).isEqualTo(1);
                    assertThat(mapping.segments()).isNotEmpty();
                }));
    }

    @ParameterizedTest
    @EnumSource
    default void anUnmappedBufferCanBeMappedAgain(Access direction) {
        withAttachment(8192, (buffer, attachment) -> {
            for (int round = 0; round < 3; round++) {
                withMapping(
                        buffer,
                        attachment,
                        direction,
                        mapping -> assertThat(mapping.direction()).isEqualTo(direction));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    default void aDetachedBufferCannotBeMapped(Access direction) {
        withAttachment(8192, (buffer, attachment) -> {
            attachment.close();
            attachment.close();
            assertThat(heaps().usage().attachments()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> attachment.map(direction));
        });
    }

    @ParameterizedTest
    @EnumSource
    default void anEndedMappingIsOfNoUse(Access direction) {
        withMapping(8192, direction, (buffer, mapping) -> {
            mapping.close();
            mapping.close();
            var bytes = MemorySegment.ofArray(new byte[1]);
            assertThatIllegalStateException().isThrownBy(mapping::segments);
            assertThatIllegalStateException().isThrownBy(() -> mapping.read(0, bytes));
            assertThatIllegalStateException().isThrownBy(() -> mapping.write(0, bytes));
        });
    }

    @Test
    default void aClosedHandleCannotBeAttached() {
        var buffer = heap().allocate(4096);
        buffer.close();
        assertThatIllegalStateException().isThrownBy(() -> device().attach(buffer));
        assertThat(heaps().usage().attachments()).isZero();
    }

    @Test
    @SuppressWarnings("NullAway") // The refusal of null is what is tested.
    default void nothingIsNoBuffer() {
        assertThatNullPointerException().isThrownBy(() -> device().attach(null));
    }

    @ParameterizedTest
    @EnumSource
    default void anAttachedBufferLivesOnWithoutHandles(Access direction) {
        withAttachment(8192, (buffer, attachment) -> {
            boolean mappable = map(buffer, attachment, direction)
                    .map(mapping -> {
                        mapping.close();
                        return true;
                    })
                    .orElse(false);
            buffer.close();
            assertThat(heaps().usage().buffers()).isEqualTo(1);
            assertThat(heaps().usage().bytes()).isEqualTo(8192);
            if (mappable) {
                try (var mapping = attachment.map(direction)) {
                    assertThat(mapping.segments()).isNotEmpty();
                    move(mapping, direction);
                }
            }
            attachment.close();
            assertThat(heaps().usage().buffers()).isZero();
        });
    }

    private static void move(DeviceMapping mapping, Access direction) {
        var bytes = MemorySegment.ofArray(new byte[16]);
        if (direction.reads()) {
            mapping.read(8192 - 16, bytes);
        }
        if (direction.writes()) {
            mapping.write(8192 - 16, bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    default void attachmentsOfOneBufferEndOneByOne(Access direction) {
        withAttachment(8192, (buffer, first) -> {
            try (var second = device().attach(buffer)) {
                assertThat(heaps().usage().attachments()).isEqualTo(2);
                assertThat(heaps().usage().buffers()).isEqualTo(1);
                first.close();
                withMapping(
                        buffer,
                        second,
                        direction,
                        mapping -> assertThat(mapping.segments()).isNotEmpty());
            }
        });
    }

    @Test
    default void severalBuffersAreAttachedAtOnce() {
        try (var one = heap().allocate(4096);
                var other = heap().allocate(8192)) {
            List<Attachment> attachments = new ArrayList<>();
            for (DmaBuf buffer : List.of(one, other)) {
                attach(buffer).ifPresent(attachments::add);
            }
            assertThat(heaps().usage().attachments()).isEqualTo(attachments.size());
            attachments.forEach(Attachment::close);
            assertThat(heaps().usage().attachments()).isZero();
        }
    }

    @Test
    default void everyDeviceThatCanIsAttachedAtOnce() {
        try (var buffer = heap().allocate(8192)) {
            var names = heaps().devices().stream()
                    .map(DeviceInfo::name)
                    .filter(name -> buffer.canAccess(name, Access.READ) == Answer.YES)
                    .toList();
            var attachments = names.stream()
                    .map(name -> heaps().device(name).orElseThrow().attach(buffer))
                    .toList();
            assertThat(heaps().usage().attachments()).isEqualTo(attachments.size());
            assertThat(heaps().usage().buffers()).isEqualTo(1);
            attachments.forEach(attachment -> attachment.map(Access.READ).close());
            attachments.forEach(Attachment::close);
            assertThat(heaps().usage().attachments()).isZero();
        }
    }
}
