package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;

/**
 * The protected heaps that a TEE backs (drivers/tee/tee_heap.c, Linux 6.18 and later): contiguous, kept from the CPU by the bus
 * firewall, and never cleared.
 */
public final class LinaroHeaps implements HeapProvider {
    private static final String PREFIX = "protected,";

    /** {@code enum tee_dma_heap_id} (include/linux/tee_core.h). */
    private static final Set<String> USE_CASES = Set.of("secure-video", "trusted-ui", "secure-video-record");

    /** For {@link java.util.ServiceLoader}. */
    public LinaroHeaps() {}

    @Override
    public String id() {
        return "heaps-restricted-linaro";
    }

    @Override
    public void start(HeapContext context) {
        List<KernelHeap> heaps = context.platform().kernelHeaps().stream()
                .filter(heap -> USE_CASES.contains(useCase(heap.name())))
                .toList();
        heaps.forEach(heap -> context.register(
                new HeapSpec(heap.name(), Traits.protectedFor(new Protection(Kind.INACCESSIBLE, useCase(heap.name())))),
                heap));
        if (heaps.isEmpty()) {
            context.logger()
                    .log(
                            Level.INFO,
                            "no protected heap: the platform {0} has none called protected,USE; the kernel makes them when OP-TEE offers"
                                    + " protected memory (Linux 6.18, CFG_CORE_DYN_PROTMEM or a secure data path region in OP-TEE)",
                            context.platform().name());
        }
    }

    /** Empty for a heap that is none of these. */
    private static String useCase(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
    }
}
