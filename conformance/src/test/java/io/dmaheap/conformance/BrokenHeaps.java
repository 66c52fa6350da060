package io.dmaheap.conformance;

import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;

/** Offers one heap for each {@link Flaw}, and a restricted one for each {@link ProtectionFlaw}. */
public final class BrokenHeaps implements HeapProvider {
    @Override
    public void start(HeapContext context) {
        var working = context.platform().systemMemory().orElseThrow();
        for (Flaw flaw : Flaw.values()) {
            context.register(new HeapSpec(flaw.heapName(), Traits.SYSTEM), flaw.over(working));
        }
        var carveout = context.platform().regions().stream()
                .filter(region -> region.name().equals(BrokenBoard.REGION))
                .findFirst()
                .orElseThrow();
        for (ProtectionFlaw flaw : ProtectionFlaw.values()) {
            context.registerRestricted(
                    new HeapSpec(flaw.heapName(), flaw.traits()), new BrokenRestrictedHeap(flaw, carveout));
        }
    }
}
