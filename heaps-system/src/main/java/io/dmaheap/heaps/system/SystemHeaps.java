package io.dmaheap.heaps.system;

import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;

/**
 * Page-scattered memory: the kernel's {@code system} heap and its twin for confidential guests (drivers/dma-buf/heaps/system_heap.c),
 * or under the same name what a platform without that kernel heap has; and {@code udmabuf}, dma-bufs for users who may open no heap
 * (drivers/dma-buf/udmabuf.c), where there is that device.
 */
public final class SystemHeaps implements HeapProvider {
    private static final String SYSTEM = "system";
    private static final String UDMABUF = "udmabuf";
    private static final Set<String> KERNEL_NAMES = Set.of(SYSTEM, "system_cc_shared");

    /** For {@link java.util.ServiceLoader}. */
    public SystemHeaps() {}

    @Override
    public String id() {
        return "heaps-system";
    }

    @Override
    public void start(HeapContext context) {
        Set<String> offered = new HashSet<>();
        context.probe(() -> offerKernelHeaps(context, offered));
        context.platform()
                .udmabufMemory()
                .ifPresent(memory -> context.register(new HeapSpec(UDMABUF, Traits.SYSTEM), memory));
        if (offered.contains(SYSTEM)) {
            return;
        }
        context.platform()
                .systemMemory()
                .ifPresentOrElse(
                        memory -> {
                            context.register(new HeapSpec(SYSTEM, Traits.SYSTEM), memory);
                            offered.add(SYSTEM);
                        },
                        () -> context.logger()
                                .log(
                                        Level.DEBUG,
                                        "no system heap: the kernel has none (CONFIG_DMABUF_HEAPS_SYSTEM), and the platform {0} has no"
                                                + " such memory",
                                        context.platform().name()));
    }

    private static void offerKernelHeaps(HeapContext context, Set<String> offered) {
        for (KernelHeap heap : context.platform().kernelHeaps()) {
            if (KERNEL_NAMES.contains(heap.name()) && !offered.contains(heap.name())) {
                context.register(new HeapSpec(heap.name(), Traits.SYSTEM), heap);
                offered.add(heap.name());
            }
        }
    }
}
