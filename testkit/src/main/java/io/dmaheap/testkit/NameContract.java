package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels of buffers: 31 bytes, because the kernel keeps 32 with the final NUL. */
interface NameContract extends Subject {

    @Test
    default void aLabelOf31BytesIsKept() {
        try (var buffer = heap().allocate(4096)) {
            var label = "x".repeat(31);
            buffer.setName(label);
            assertLabel(buffer, label);
            buffer.setName("shorter");
            assertLabel(buffer, "shorter");
        }
    }

    @Test
    default void aLabelCanComeWithTheRequest() {
        try (var buffer = heap().allocate(AllocationRequest.of(4096).withName("viewfinder"))) {
            assertLabel(buffer, "viewfinder");
        }
    }

    /** Memory without a descriptor may have no place for a label, since nobody else could see it. */
    private static void assertLabel(DmaBuf buffer, String label) {
        var info = buffer.info();
        if (info.descriptor() == Descriptor.NONE) {
            assertThat(info.name().orElse(label)).isEqualTo(label);
        } else {
            assertThat(info.name()).contains(label);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ääääääääääääääää", "two\nlines", "nul\0inside", "return\r"})
    default void labelsThatTheKernelOrAParserWouldChokeOnAreInvalid(String label) {
        try (var buffer = heap().allocate(4096)) {
            assertThat(refusal(() -> buffer.setName(label)).code()).isEqualTo(ErrorCode.INVALID_NAME);
        }
        var request = AllocationRequest.of(4096).withName(label);
        assertThat(refusal(() -> heap().allocate(request)).code()).isEqualTo(ErrorCode.INVALID_NAME);
    }
}
