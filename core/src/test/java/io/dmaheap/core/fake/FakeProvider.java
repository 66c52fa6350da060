package io.dmaheap.core.fake;

import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
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
                "plugin-of-" + heap.replace(',', '-'), context -> context.register(new HeapSpec(heap, traits), ops));
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
