package io.dmaheap.heaps.cma;

import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The kernel's CMA heaps (drivers/dma-buf/heaps/cma_heap.c): the default area under each of its names, and one heap per reusable
 * reserved-memory node under the node's name. Two names may stand for one area.
 */
public final class CmaHeaps implements HeapProvider {
    private static final Set<String> DEFAULT_AREA =
            Set.of("default_cma_region", "reserved", "linux,cma", "default-pool");

    /** A device-tree node with its unit address, as Documentation/userspace-api/dma-buf-heaps.rst wants regions to be named. */
    private static final Pattern NODE = Pattern.compile("(?!protected|restricted|secure).+@[0-9a-f]+(-contiguous)?");

    /** For {@link java.util.ServiceLoader}. */
    public CmaHeaps() {}

    @Override
    public String id() {
        return "heaps-cma";
    }

    @Override
    public void start(HeapContext context) {
        List<KernelHeap> heaps = context.platform().kernelHeaps().stream()
                .filter(heap -> isCma(heap.name()))
                .toList();
        heaps.forEach(heap -> context.register(new HeapSpec(heap.name(), Traits.CMA), heap));
        if (heaps.isEmpty()) {
            context.logger()
                    .log(
                            Level.INFO,
                            "no CMA heap: the platform {0} has no CMA region with a heap (CONFIG_DMABUF_HEAPS_CMA, and cma=64M on the"
                                    + " kernel command line or a reusable reserved-memory node)",
                            context.platform().name());
        }
    }

    private static boolean isCma(String name) {
        return DEFAULT_AREA.contains(name) || NODE.matcher(name).matches();
    }
}
