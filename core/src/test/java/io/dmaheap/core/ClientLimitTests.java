package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientLimitTests {
    private static final int PAGE = 4096;

    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps = TestHeaps.open(
            platform,
            TestHeaps.policy(
                    "limit.shared.client = 8K", "limit.shared.client.decoder = 16K", "limit.shared.total = 24K"),
            LeakDetection.SAMPLED,
            FakeProvider.of("shared", Traits.CMA, new FakeHeap(platform)),
            FakeProvider.of("open", Traits.CMA, new FakeHeap(platform)));
    private final Heap shared = heaps.find("shared").orElseThrow();

    @AfterEach
    void nothingIsLeft() {
        shared.close();
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    private DmaBuf allocate(String client, int pages) {
        return shared.allocate(AllocationRequest.of((long) pages * PAGE).withClient(client));
    }

    @Test
    void aClientMayTakeItsShareAndNoMore() {
        try (DmaBuf first = allocate("camera", 1);
                DmaBuf second = allocate("camera", 1)) {
            assertThatThrownBy(() -> allocate("camera", 1)).isInstanceOfSatisfying(HeapException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                assertThat(e.errno()).contains("ENOMEM");
                assertThat(e).hasMessageContainingAll("the client camera", "8192");
                assertThat(e.hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("limit.shared.client.camera"));
            });
            first.close();

            allocate("camera", 1).close();
            assertThat(second.size()).isEqualTo(PAGE);
        }
    }

    @Test
    void theShareOfOneClientIsNoConcernOfAnother() {
        try (DmaBuf camera = allocate("camera", 2);
                DmaBuf decoder = allocate("decoder", 4)) {
            assertThat(shared.bytesByClient())
                    .containsExactly(entry("camera", camera.size()), entry("decoder", decoder.size()));
        }
        assertThat(shared.bytesByClient()).isEmpty();
    }

    @Test
    void requestsWithoutAClientShareAnAccountThatIsNotShown() {
        try (DmaBuf buffer = shared.allocate(2 * PAGE)) {
            assertThatThrownBy(() -> shared.allocate(1)).hasMessageContaining("requests without a client");
            assertThat(shared.bytesByClient()).isEmpty();
            assertThat(buffer.size()).isEqualTo(2 * PAGE);
        }
    }

    @Test
    void whatTheHeapRefusesDoesNotCountForTheClient() {
        try (DmaBuf decoder = allocate("decoder", 4);
                DmaBuf camera = allocate("camera", 1)) {
            assertThatThrownBy(() -> allocate("player", 2)).hasMessageContaining("this heap take");
            platform.faults.fail(
                    "allocate",
                    HeapException.of(ErrorCode.OUT_OF_MEMORY, "full").build());
            assertThatThrownBy(() -> allocate("player", 1)).hasMessageContaining("full");
            platform.faults.heal("allocate");

            assertThat(shared.bytesByClient())
                    .containsOnly(entry("decoder", decoder.size()), entry("camera", camera.size()));
        }
    }

    @Test
    void whatOnlyADescriptorKeepsCountsUntilThatIsClosed() {
        DmaBufFd camera;
        DmaBufFd decoder;
        try (DmaBuf first = allocate("camera", 2);
                DmaBuf second = allocate("decoder", 4)) {
            camera = first.exportFd();
            decoder = second.exportFd();
        }
        assertThat(heaps.usage().bufferHandles()).isZero();

        assertLimit("the client camera", () -> allocate("camera", 1));
        assertLimit("this heap take", () -> allocate("player", 1));
        camera.close();
        allocate("camera", 2).close();
        assertLimit("the client decoder", () -> allocate("decoder", 1));
        decoder.close();
        allocate("decoder", 4).close();
    }

    private static void assertLimit(String whose, ThrowingCallable allocation) {
        assertThatThrownBy(allocation)
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
                .hasMessageContaining(whose);
    }

    @Test
    void aHeapWithoutLimitsTellsItsClientsToo() {
        try (Heap open = heaps.find("open").orElseThrow();
                DmaBuf buffer = open.allocate(AllocationRequest.of(1).withClient("tv"))) {
            assertThat(open.bytesByClient()).containsExactly(entry("tv", buffer.size()));
        }
    }
}
