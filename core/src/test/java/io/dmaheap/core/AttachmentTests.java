package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttachmentTests {
    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps =
            TestHeaps.open(platform, FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)));
    private final DmaBuf buffer = allocate();
    private final Device codec = heaps.device("codec").orElseThrow();

    private DmaBuf allocate() {
        try (Heap heap = heaps.find("system").orElseThrow()) {
            return heap.allocate(4096);
        }
    }

    @AfterEach
    void nothingIsLeft() {
        buffer.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    @Test
    void anAttachmentKeepsTheBufferWhoseHandlesWereClosed() {
        Attachment attachment = codec.attach(buffer);
        buffer.close();

        assertThat(heaps.usage()).isEqualTo(new Usage(0, 0, 1, 4096, 0, 0, 1, 0));
        attachment.close();
        attachment.close();
        assertThat(platform.memories).hasValue(0);
    }

    @Test
    void aMappedBufferIsNotDetached() {
        Attachment attachment = codec.attach(buffer);
        DeviceMapping mapping = attachment.map(Access.READ);

        assertThatThrownBy(attachment::close).isInstanceOf(IllegalStateException.class);
        assertThat(mapping.segments()).hasSize(1);
        mapping.close();
        mapping.close();
        assertThatThrownBy(mapping::segments).isInstanceOf(IllegalStateException.class);
        attachment.close();
        assertThatThrownBy(() -> attachment.map(Access.READ)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPlatformWithoutABusOfItsOwnSaysSo() {
        assertThatThrownBy(() -> codec.busRead(0, MemorySegment.ofArray(new byte[1])))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        assertThatThrownBy(() -> codec.busWrite(0, MemorySegment.ofArray(new byte[1])))
                .hasMessageContaining("codec");
    }

    @Test
    void nothingIsTransferredOnceTheHeapsAreClosed() {
        buffer.close();
        heaps.close();
        assertThatThrownBy(() -> codec.busRead(0, MemorySegment.ofArray(new byte[1])))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDeviceReadsAndWritesThroughItsMapping() {
        try (Arena arena = Arena.ofConfined();
                Attachment attachment = codec.attach(buffer);
                DeviceMapping mapping = attachment.map(Access.READ_WRITE)) {
            mapping.write(0, arena.allocate(16));
            mapping.read(0, arena.allocate(16));
        }
        assertThat(platform.faults.calls()).containsSubsequence("attach", "deviceMap", "deviceWrite", "deviceRead");
    }

    @Test
    void aFailedAttachOrMapHoldsNothing() {
        var refusal = HeapException.of(ErrorCode.DEVICE_GONE, "of the test").build();
        platform.faults.fail("attach", refusal);
        assertThat(catchThrowable(() -> codec.attach(buffer))).isSameAs(refusal);
        assertThat(heaps.usage().attachments()).isZero();

        platform.faults.heal("attach");
        platform.faults.fail("deviceMap", refusal);
        try (Attachment attachment = codec.attach(buffer)) {
            assertThat(catchThrowable(() -> attachment.map(Access.READ))).isSameAs(refusal);
        }
    }

    @Test
    void aDetachThatFailsStillLetsGoOfTheBuffer() {
        Attachment attachment = codec.attach(buffer);
        buffer.close();
        var failure = HeapException.of(ErrorCode.DEVICE_GONE, "of the test").build();
        platform.faults.fail("detach", failure);

        assertThat(catchThrowable(attachment::close)).isSameAs(failure);
        assertThat(platform.memories).hasValue(0);
    }

    @Test
    void aClosedHandleCannotBeAttached() {
        buffer.close();

        assertThatThrownBy(() -> codec.attach(buffer)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tellsWhetherADeviceCanAccessABuffer() {
        assertThat(buffer.canAccess("codec", Access.READ)).isEqualTo(Answer.YES);
        assertThatThrownBy(() -> buffer.canAccess("gpu", Access.READ))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("codec");
    }
}
