package io.dmaheap.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.RestrictedHeapOps;
import io.dmaheap.testkit.fake.FakeHeap;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultyRestrictedHeapTests {
    private final FakeHeap pool = new FakeHeap("pool");
    private final Faults faults = new Faults();
    private final RestrictedHeapOps<Memory> heap = new FaultyRestrictedHeap<>(new Unprotected(pool), faults);

    @Test
    void everyStepIsPassedOnAndCounted() {
        heap.init();
        var memory = heap.alloc(AllocationRequest.of(4096));
        heap.restrict(memory);
        heap.unrestrict(memory);
        heap.free(memory);
        heap.close();
        assertThat(pool.held()).isZero();
        for (var step : List.of(
                Callback.INIT, Callback.ALLOC, Callback.RESTRICT, Callback.UNRESTRICT, Callback.FREE, Callback.CLOSE)) {
            assertThat(faults.calls(step)).as(step.name()).isEqualTo(1);
        }
    }

    @Test
    void everyStepCanFail() {
        var memory = heap.alloc(AllocationRequest.of(4096));
        for (var step : List.of(
                Callback.INIT,
                Callback.ALLOC,
                Callback.RESTRICT,
                Callback.UNRESTRICT,
                Callback.FREE,
                Callback.CLOSE,
                Callback.STATUS,
                Callback.HEAP_FLAGS)) {
            faults.onEvery(step, () -> new IllegalStateException(step.name()));
        }
        assertThatThrownBy(heap::init).hasMessage("INIT");
        assertThatThrownBy(() -> heap.alloc(AllocationRequest.of(4096))).hasMessage("ALLOC");
        assertThatThrownBy(() -> heap.restrict(memory)).hasMessage("RESTRICT");
        assertThatThrownBy(() -> heap.unrestrict(memory)).hasMessage("UNRESTRICT");
        assertThatThrownBy(heap::status).hasMessage("STATUS");
        assertThatThrownBy(heap::heapFlags).hasMessage("HEAP_FLAGS");
        assertThatThrownBy(() -> heap.free(memory)).hasMessage("FREE");
        assertThatThrownBy(heap::close).hasMessage("CLOSE");
        assertThat(pool.held()).isZero();
    }

    /** A restricted heap whose restriction does nothing. */
    private record Unprotected(FakeHeap pool) implements RestrictedHeapOps<Memory> {
        @Override
        public void init() {}

        @Override
        public Memory alloc(AllocationRequest request) {
            return pool.allocate(request);
        }

        @Override
        public void free(Memory memory) {
            memory.release();
        }
    }
}
