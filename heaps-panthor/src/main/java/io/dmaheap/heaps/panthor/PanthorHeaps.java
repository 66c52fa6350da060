package io.dmaheap.heaps.panthor;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Protected memory for the Panthor GPU driver. No kernel gives that memory a fixed name: the driver is told one, as the parameter
 * {@code protected_heap_name}, and so is this plugin, as {@code plugin.heaps-panthor.protected-heap-name} in the policy file.
 *
 * <p>The heap is offered as {@code protected,gpu} whatever the kernel calls it, since another plugin may offer the same memory for
 * another use under the kernel's name, and a use is what distinguishes protected heaps.
 */
public final class PanthorHeaps implements HeapProvider {
    private static final String SETTING = "protected-heap-name";
    private static final HeapSpec SPEC =
            new HeapSpec("protected,gpu", Traits.protectedFor(new Protection(Kind.INACCESSIBLE, "gpu")));

    /** For {@link java.util.ServiceLoader}. */
    public PanthorHeaps() {}

    @Override
    public String id() {
        return "heaps-panthor";
    }

    @Override
    public void start(HeapContext context) {
        String name = context.configuration().get(SETTING);
        if (name == null) {
            context.logger()
                    .log(
                            Level.INFO,
                            "no protected heap for the GPU: set plugin.{0}.{1} in the policy file to the kernel heap that Panthor uses",
                            id(),
                            SETTING);
            return;
        }
        context.register(SPEC, kernelHeap(name, context.platform().kernelHeaps()));
    }

    private KernelHeap kernelHeap(String name, List<KernelHeap> heaps) {
        return heaps.stream()
                .filter(heap -> heap.name().equals(name))
                .findFirst()
                .orElseThrow(() -> HeapException.of(
                                ErrorCode.HEAP_NOT_FOUND, "the kernel has no heap " + name + " for the GPU")
                        .heap(name)
                        .errno("ENOENT")
                        .hint("It has " + heaps.stream().map(KernelHeap::name).toList() + "; correct plugin." + id()
                                + "." + SETTING + " in the policy file")
                        .build());
    }
}
