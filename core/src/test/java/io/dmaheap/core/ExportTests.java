package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExportTests {
    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps = TestHeaps.open(
            platform,
            TestHeaps.policy("export.scratch = denied"),
            LeakDetection.SAMPLED,
            FakeProvider.of("scratch", Traits.CMA, new FakeHeap(platform)),
            FakeProvider.of("video", Traits.CMA, new FakeHeap(platform)));

    @AfterEach
    void nothingIsLeft() {
        heaps.close();
        platform.assertNothingHeld();
    }

    private void assertStaysInside(String heapName, AllocationRequest request, String reason) {
        try (Heap heap = heaps.find(heapName).orElseThrow();
                DmaBuf buffer = heap.allocate(request)) {
            assertThatThrownBy(buffer::exportFd).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
                assertThat(e.errno()).contains("EPERM");
                assertThat(e).hasMessageContaining(reason);
            });
            assertThat(platform.faults.calls()).doesNotContain("exportFd");
            assertThat(platform.fds()).isZero();
        }
    }

    @Test
    void aBufferThatWasAllocatedToStayInsideGetsNoDescriptor() {
        assertStaysInside("video", AllocationRequest.of(1).withoutExport(), "to stay inside");
    }

    @Test
    void thePolicyDeniesDescriptorsForAHeap() {
        assertStaysInside("scratch", AllocationRequest.of(1), "export.scratch");
    }

    @Test
    void otherBuffersGetOneWhenTheyAreAskedFor() {
        try (Heap heap = heaps.find("video").orElseThrow();
                DmaBuf buffer = heap.allocate(1)) {
            assertThat(platform.fds()).isZero();
            try (var fd = buffer.exportFd()) {
                assertThat(fd.number()).isPositive();
            }
        }
    }
}
