package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the chapters about devices speak about: one device beside one heap, and the words they share. */
interface Importer extends Subject {

    /** The device under test. */
    Device device();

    /** What the device's answer is for this direction. */
    default Answer answer(DmaBuf buffer, Access direction) {
        return buffer.canAccess(device().info().name(), direction);
    }

    /**
     * Attaches, unless the device refuses what it may refuse: memory that it does not say it can use in any direction. The refusal
     * is checked.
     */
    default Optional<Attachment> attach(DmaBuf buffer) {
        try {
            return Optional.of(device().attach(buffer));
        } catch (HeapException refusal) {
            assertThat(Access.values())
                    .as("what the device can do with what it refuses to attach: %s", refusal)
                    .noneMatch(direction -> answer(buffer, direction) == Answer.YES);
            assertRefused(refusal, "EBUSY");
            return Optional.empty();
        }
    }

    /** Maps, unless the device refuses what it may refuse; both are held against its answer. */
    default Optional<DeviceMapping> map(DmaBuf buffer, Attachment attachment, Access direction) {
        Answer answer = answer(buffer, direction);
        DeviceMapping mapping;
        try {
            mapping = attachment.map(direction);
        } catch (HeapException refusal) {
            assertThat(answer)
                    .as("the answer for %s, which was refused: %s", direction, refusal)
                    .isNotEqualTo(Answer.YES);
            assertRefused(refusal, "EINVAL", "ENOMEM");
            return Optional.empty();
        }
        if (answer == Answer.NO) {
            mapping.close();
        }
        assertThat(answer).as("the answer for %s, which worked", direction).isNotEqualTo(Answer.NO);
        return Optional.of(mapping);
    }

    /** A refusal that tells a person what is wrong: the memory does not suit the device, or the device may not have it. */
    private static void assertRefused(HeapException refusal, String... unsuitable) {
        assertThat(refusal.code()).isIn(ErrorCode.INCOMPATIBLE_DEVICE, ErrorCode.ACCESS_DENIED);
        assertThat(refusal.errno())
                .get()
                .isIn(refusal.code() == ErrorCode.ACCESS_DENIED ? List.of("EACCES", "EPERM") : List.of(unsuitable));
        assertThat(refusal).message().isNotBlank();
    }

    /** Runs a test with a new buffer that the device is attached to, if it can be. */
    default void withAttachment(long size, BiConsumer<DmaBuf, Attachment> test) {
        long before = heaps().usage().attachments();
        try (var buffer = heap().allocate(size)) {
            attach(buffer).ifPresent(attachment -> {
                try (attachment) {
                    assertThat(heaps().usage().attachments()).isEqualTo(before + 1);
                    test.accept(buffer, attachment);
                }
            });
            assertThat(heaps().usage().attachments()).isEqualTo(before);
        }
    }

    /** Runs a test with a new buffer that the device has mapped, if it can. */
    default void withMapping(long size, Access direction, BiConsumer<DmaBuf, DeviceMapping> test) {
        withAttachment(
                size,
                (buffer, attachment) ->
                        withMapping(buffer, attachment, direction, mapping -> test.accept(buffer, mapping)));
    }

    /** Runs a test with the buffer mapped once more, if it can be. */
    default void withMapping(DmaBuf buffer, Attachment attachment, Access direction, Consumer<DeviceMapping> test) {
        map(buffer, attachment, direction).ifPresent(mapping -> {
            try (mapping) {
                test.accept(mapping);
            }
        });
    }
}
