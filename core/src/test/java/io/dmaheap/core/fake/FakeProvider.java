package io.dmaheap.core.fake;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.RestrictedHeapOps;
import java.util.function.Consumer;

/**
 * A plugin that does what a test says.
 *
 * @param id its id
 * @param onStart runs in {@code start}
 * @param onStop runs in {@code stop}
 */
public record FakeProvider(String id, Consumer<HeapContext> onStart, Runnable onStop) implements HeapProvider {

    /** A plugin that only starts. */
    public static FakeProvider starting(String id, Consumer<HeapContext> onStart) {
        return new FakeProvider(id, onStart, () -> {});
    }

    /** A plugin with one heap. */
    public static FakeProvider of(String heap, Traits traits, HeapOps ops) {
        return starting(
                "plugin-of-" + heap.replace(',', '-'), context -> register(context, new HeapSpec(heap, traits), ops));
    }

    /** Offers a heap in the way in which memory of these traits can be offered. */
    public static void register(HeapContext context, HeapSpec spec, HeapOps ops) {
        if (spec.traits().protection().isPresent()) {
            context.registerRestricted(spec, new Restricted(ops));
        } else {
            context.register(spec, ops);
        }
    }

    private record Restricted(HeapOps ops) implements RestrictedHeapOps<Memory> {
        @Override
        public void init() {}

        @Override
        public Memory alloc(AllocationRequest request) {
            return ops.allocate(request);
        }

        @Override
        public void free(Memory memory) {
            memory.release();
        }

        @Override
        public long heapFlags() {
            return ops.heapFlags();
        }

        @Override
        public HeapStatus status() {
            return ops.status();
        }

        @Override
        public void close() {
            ops.close();
        }
    }

    @Override
    public void start(HeapContext context) {
        onStart.accept(context);
    }

    @Override
    public void stop() {
        onStop.run();
    }
}
