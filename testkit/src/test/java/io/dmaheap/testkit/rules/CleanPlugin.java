package io.dmaheap.testkit.rules;

import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;

/** A plugin as it should be. */
public final class CleanPlugin implements HeapProvider {
    @Override
    public void start(HeapContext context) {
        context.platform()
                .systemMemory()
                .ifPresent(memory -> context.register(new HeapSpec("clean", Traits.SYSTEM), memory));
        context.logger().log(System.Logger.Level.INFO, "started");
    }
}
