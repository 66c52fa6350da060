package io.dmaheap.core.provider;

import io.dmaheap.Traits;
import io.dmaheap.core.registry.HeapRegistry;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/** The heaps of the kernel that the operator's policy offers, for which there need be no plugin: {@code kernel-heap.NAME = traits}. */
public final class PolicyHeaps implements HeapProvider {
    /** What {@code dmaheap list} shows as their plugin. */
    public static final String ID = "policy";

    private final Map<String, Traits> traits;
    private final Predicate<String> offered;

    private PolicyHeaps(Map<String, Traits> traits, Predicate<String> offered) {
        this.traits = traits;
        this.offered = offered;
    }

    /**
     * Offers these names, as soon as the kernel has them and where the registry has no heap of the name: a plugin knows its traits better.
     *
     * @return none if the policy offers none
     */
    public static List<ServiceLoader.Provider<HeapProvider>> of(Map<String, Traits> traits, HeapRegistry registry) {
        var heaps = new PolicyHeaps(
                traits,
                name -> registry.all().stream().anyMatch(heap -> heap.name().equals(name)));
        return traits.isEmpty() ? List.of() : List.of(new Found(heaps));
    }

    /** As a service loader finds it. */
    private record Found(PolicyHeaps get) implements ServiceLoader.Provider<HeapProvider> {
        @Override
        public Class<PolicyHeaps> type() {
            return PolicyHeaps.class;
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public void start(HeapContext context) {
        context.probe(() -> {
            for (KernelHeap heap : context.platform().kernelHeaps()) {
                Traits stated = traits.get(heap.name());
                if (stated != null && !offered.test(heap.name())) {
                    context.register(new HeapSpec(heap.name(), stated), heap);
                }
            }
        });
    }
}
