package io.dmaheap.heaps.panthor;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Protected memory for the Panthor GPU driver.
 *
 * <p>No kernel gives that memory a fixed name: the driver is told one, as the parameter {@code protected_heap_name}, and so is this
 * plugin, as {@code plugin.heaps-panthor.protected-heap-name} in the policy file. The heap is then offered as {@code protected,gpu}
 * whatever the kernel calls it, since another plugin may offer the same memory for another use under the kernel's name, and a use is
 * what distinguishes protected heaps.
 *
 * <p>Without the setting, it looks for devices whose node has a {@code protected-heap-name} (the series of January 2025), and makes
 * a heap of the region of that name, for these devices alone.
 */
public final class PanthorHeaps implements HeapProvider {
    private static final String SETTING = "protected-heap-name";
    private static final Traits TRAITS = Traits.protectedFor(new Protection(Kind.INACCESSIBLE, "gpu"));

    /** For {@link java.util.ServiceLoader}. */
    public PanthorHeaps() {}

    @Override
    public String id() {
        return "heaps-panthor";
    }

    @Override
    public void start(HeapContext context) {
        String name = context.configuration().get(SETTING);
        if (name != null) {
            offerKernelHeap(context, name);
            return;
        }
        Map<String, AccessList> wanted = wanted(context.platform());
        wanted.forEach((region, users) -> offer(context, region, users));
        if (wanted.isEmpty()) {
            context.logger()
                    .log(
                            Level.DEBUG,
                            "no protected heap for the GPU: set plugin.{0}.{1} in the policy file to the kernel heap that Panthor uses",
                            id(),
                            SETTING);
        }
    }

    /** It may come late. Until then that it is missing is a problem: perhaps it is called something else. */
    private void offerKernelHeap(HeapContext context, String name) {
        var offered = new AtomicBoolean();
        context.probe(() -> context.platform().kernelHeaps().stream()
                .filter(heap -> heap.name().equals(name) && !offered.get())
                .findFirst()
                .ifPresent(heap -> {
                    context.withdrawReport(Problem.Kind.UNUSABLE_MEMORY, name);
                    context.register(new HeapSpec("protected,gpu", TRAITS), heap);
                    offered.set(true);
                }));
        if (!offered.get()) {
            context.report(missing(
                    name,
                    context.platform().kernelHeaps().stream()
                            .map(KernelHeap::name)
                            .toList()));
        }
    }

    private Problem missing(String name, List<String> present) {
        return Problem.of(
                Problem.Kind.UNUSABLE_MEMORY,
                name,
                "the kernel has no heap " + name + " for the GPU yet",
                "It is offered when it comes. The kernel has " + present + "; if it is one of them, correct plugin."
                        + id() + "." + SETTING + " in the policy file",
                null);
    }

    /** Who wants protected memory of which region. */
    private static SortedMap<String, AccessList> wanted(Platform platform) {
        SortedMap<String, AccessList> wanted = new TreeMap<>();
        for (PlatformDevice device : platform.devices()) {
            device.protectedHeapName()
                    .ifPresent(region -> wanted.merge(
                            region, AccessList.of(device.name(), Access.READ_WRITE), PanthorHeaps::together));
        }
        return wanted;
    }

    private static AccessList together(AccessList one, AccessList other) {
        var grants = new HashMap<>(one.grants());
        grants.putAll(other.grants());
        return new AccessList(grants);
    }

    private static void offer(HeapContext context, String name, AccessList users) {
        Platform platform = context.platform();
        Optional<MemoryRegion> region = platform.regions().stream()
                .filter(one -> one.name().equals(name) && isCma(one))
                .findFirst();
        Optional<MemoryFirewall> firewall = platform.firewall();
        if (region.isEmpty() || firewall.isEmpty()) {
            context.report(Problem.of(
                    Problem.Kind.UNUSABLE_MEMORY,
                    name,
                    users + " want protected memory of it, but "
                            + (region.isEmpty()
                                    ? "there is no CMA region of that name"
                                    : "the platform has no firewall"),
                    "Correct " + SETTING + " in the device tree, or take it out",
                    null));
            return;
        }
        context.registerRestricted(
                new HeapSpec(name, TRAITS).withRegions(name),
                new GpuHeap(
                        new LendableArea(region.get(), platform.pageSize()),
                        firewall.get(),
                        users,
                        (refused, bytes) -> context.quarantine(name, bytes, refused)));
    }

    private static boolean isCma(MemoryRegion region) {
        return switch (region.kind()) {
            case CMA, STANDALONE_CMA -> true;
            default -> false;
        };
    }
}
