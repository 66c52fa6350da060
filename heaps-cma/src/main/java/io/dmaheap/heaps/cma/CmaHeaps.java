package io.dmaheap.heaps.cma;

import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Contiguous heaps. Where a kernel has CMA heaps (drivers/dma-buf/heaps/cma_heap.c), they are offered as they are, one for each area: a
 * reusable reserved-memory node's under the node's name, the default area's as {@value #DEFAULT}. Since 6.17 the kernel has a second
 * node for the default area, under the name that it had before; that is an alias of the policy and no heap of its own.
 *
 * <p>Where a platform has regions and no kernel heap for them, each becomes a heap of that kind, divided here. The default region
 * is called {@value #DEFAULT}; what else people call it are aliases of the policy, unless its node has a name of its own, which then
 * is a second name of the same heap.
 */
public final class CmaHeaps implements HeapProvider {
    private static final String DEFAULT = "default_cma_region";

    /**
     * What else the default area is called. The first of these that there is, is: the kernel makes {@code reserved} only where no node
     * is the default (kernel/dma/contiguous.c), so that a {@code linux,cma} beside it is an area of its own.
     */
    private static final List<String> FORMER_NAMES = List.of("reserved", "linux,cma", "default-pool");

    /** A device-tree node with its unit address, as Documentation/userspace-api/dma-buf-heaps.rst wants regions to be named. */
    private static final Pattern NODE = Pattern.compile(".+@[0-9a-f]+(-contiguous)?");

    /** What is named for its protection is offered by the plugin that protects it, and never as ordinary memory. */
    private static final Pattern PROTECTED = Pattern.compile("(protected|restricted|secure).*");

    /** For {@link java.util.ServiceLoader}. */
    public CmaHeaps() {}

    @Override
    public String id() {
        return "heaps-cma";
    }

    @Override
    public void start(HeapContext context) {
        Set<String> offered = new HashSet<>();
        context.probe(() -> offer(context, kernelHeaps(context.platform()), offered));
        offer(context, areas(context.platform()), offered);
        if (offered.isEmpty()) {
            context.logger()
                    .log(
                            Level.DEBUG,
                            "no CMA heap: the platform {0} has no CMA region with a heap (CONFIG_DMABUF_HEAPS_CMA, and cma=64M on the"
                                    + " kernel command line or a reusable reserved-memory node)",
                            context.platform().name());
        }
    }

    /** A heap to register. */
    private record Offer(HeapSpec spec, HeapOps heap) {}

    private static void offer(HeapContext context, Map<String, Offer> heaps, Set<String> offered) {
        heaps.forEach((name, offer) -> {
            if (!offered.contains(name)) {
                context.register(offer.spec(), offer.heap());
                offered.add(name);
            }
        });
    }

    private static Map<String, Offer> kernelHeaps(Platform platform) {
        Map<String, Offer> heaps = new LinkedHashMap<>();
        platform.kernelHeaps().stream()
                .filter(heap -> isCma(heap.name()))
                .forEach(heap -> heaps.put(heap.name(), new Offer(new HeapSpec(heap.name(), Traits.CMA), heap)));
        if (heaps.containsKey(DEFAULT)) {
            FORMER_NAMES.stream().filter(heaps::containsKey).findFirst().ifPresent(heaps::remove);
        }
        return heaps;
    }

    private static Map<String, Offer> areas(Platform platform) {
        Map<String, Offer> heaps = new LinkedHashMap<>();
        for (MemoryRegion region : platform.regions()) {
            if (region.isForProtection() || PROTECTED.matcher(region.name()).matches()) {
                continue;
            }
            switch (region.kind()) {
                case CMA, STANDALONE_CMA -> {
                    String name = region.isDefault() ? DEFAULT : region.name();
                    var heap = new AreaHeap(name, region, platform.pageSize());
                    heaps.putIfAbsent(name, offer(name, heap, region));
                    if (!isDefaultArea(region.name())) {
                        heaps.putIfAbsent(region.name(), offer(region.name(), heap, region));
                    }
                }
                default -> {}
            }
        }
        return heaps;
    }

    private static Offer offer(String name, HeapOps heap, MemoryRegion region) {
        return new Offer(new HeapSpec(name, Traits.CMA).withRegions(region.name()), heap);
    }

    private static boolean isDefaultArea(String name) {
        return name.equals(DEFAULT) || FORMER_NAMES.contains(name);
    }

    private static boolean isCma(String name) {
        return isDefaultArea(name)
                || (NODE.matcher(name).matches() && !PROTECTED.matcher(name).matches());
    }
}
