package io.dmaheap.testkit;

import static io.dmaheap.testkit.Subject.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.ErrorCode;
import org.junit.jupiter.api.Test;

/** What else an allocation can ask for. */
interface RequestContract extends Subject {

    @Test
    default void flagsThatNobodyKnowsAreInvalid() {
        var request = AllocationRequest.of(4096).withHeapFlags(-1);
        assertThat(refusal(() -> heap().allocate(request)).code()).isEqualTo(ErrorCode.INVALID_FLAGS);
    }

    @Test
    @SuppressWarnings("NullAway") // The refusal of null is what is tested.
    default void aRequestCannotBeNull() {
        assertThatNullPointerException().isThrownBy(() -> heap().allocate(null));
    }

    @Test
    default void aBufferForReadingIsNotOpenedForWriting() {
        try (var buffer = heap().allocate(AllocationRequest.of(4096).withAccess(Access.READ))) {
            if (heap().traits().cpuAccessible() == Answer.NO) {
                assertRefusesCpu(buffer);
                return;
            }
            buffer.read().close();
            assertThat(refusal(buffer::write).code()).isEqualTo(ErrorCode.ACCESS_DENIED);
            assertThat(refusal(() -> buffer.access(Access.READ_WRITE)).code()).isEqualTo(ErrorCode.ACCESS_DENIED);
        }
    }

    @Test
    default void theClientShowsInTheBuffer() {
        try (var buffer = heap().allocate(AllocationRequest.of(4096).withClient("camera"))) {
            assertThat(buffer.info().client()).contains("camera");
            assertThat(buffer.info().heap()).contains(heap().name());
        }
    }

    @Test
    default void buffersHaveTheTraitsOfTheHeap() {
        try (var buffer = heap().allocate(4096)) {
            assertThat(buffer.traits()).isEqualTo(heap().traits());
            assertThat(heap().info().traits()).isEqualTo(heap().traits());
        }
    }
}
