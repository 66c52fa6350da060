package io.dmaheap.core;

import io.dmaheap.Finding;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.PluginInfo;
import io.dmaheap.tee.TeeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which protected uses work on a machine, and which of the parts that each needs is missing: a TEE, its firmware, memory that is set
 * aside, a heap of the kernel, a plugin.
 */
final class ProtectedUses {
    /** The kernel's words for {@code enum tee_dma_heap_id} (include/linux/tee_core.h). */
    private static final List<String> USES = List.of("secure-video", "trusted-ui", "secure-video-record");

    private static final String SUBJECT = "protected ";

    private final Heaps heaps;
    private final MemoryMap map;
    private final List<String> kernelHeaps;

    /**
     * Looks at open heaps.
     *
     * @param kernelHeaps the names of the kernel's heaps, offered or not
     */
    ProtectedUses(Heaps heaps, List<String> kernelHeaps) {
        this.heaps = heaps;
        this.map = heaps.memoryMap();
        this.kernelHeaps = kernelHeaps;
    }

    List<Finding> findings() {
        return USES.stream().map(this::finding).toList();
    }

    /** For a machine that could not be looked at. */
    static List<Finding> unseen(String why) {
        return USES.stream()
                .map(use -> Finding.warn(SUBJECT + use, "nobody could look: " + why, "Mend that first"))
                .toList();
    }

    private Finding finding(String use) {
        List<HeapInfo> offered = heaps.heaps().stream()
                .filter(heap -> heap.traits()
                        .protection()
                        .filter(one -> one.useCase().equals(use))
                        .isPresent())
                .toList();
        String names = offered.stream().map(HeapInfo::name).collect(Collectors.joining(", "));
        if (offered.stream().anyMatch(heap -> heap.openable().yes())) {
            return Finding.ok(SUBJECT + use, names);
        }
        if (!offered.isEmpty()) {
            return Finding.warn(
                    SUBJECT + use,
                    names + " cannot be used",
                    offered.getFirst().openable().reason());
        }
        List<Part> parts = parts(use);
        return Finding.info(
                SUBJECT + use,
                "no heap; " + parts.stream().map(Part::seen).collect(Collectors.joining(", ")),
                parts.stream()
                        .map(Part::provider)
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; ")));
    }

    /**
     * Something that such a heap needs.
     *
     * @param seen what is there of it
     * @param provider what would provide it, empty if it is there
     */
    private record Part(String seen, String provider) {
        static Part there(String seen) {
            return new Part(seen, "");
        }
    }

    private List<Part> parts(String use) {
        List<Part> parts = new ArrayList<>();
        parts.add(tee());
        parts.add(firmware(use));
        parts.add(regions());
        if (isKernel()) {
            parts.add(kernelHeap("protected," + use));
        }
        parts.add(plugins());
        return parts;
    }

    private boolean isKernel() {
        return heaps.platform().name().equals("linux");
    }

    private Part tee() {
        List<TeeInfo> tees = heaps.tees();
        if (tees.isEmpty()) {
            return new Part(
                    "no TEE",
                    isKernel()
                            ? "TEE: a board with OP-TEE, and a kernel with CONFIG_TEE=y and CONFIG_OPTEE=y"
                            : "TEE: a linaro,optee-tz node in the board's device tree (docs/platforms.md)");
        }
        return Part.there("TEE " + tees.stream().map(TeeInfo::name).collect(Collectors.joining(" ")));
    }

    private Part firmware(String use) {
        if (!map.firmware().isEmpty()) {
            return Part.there("firmware: " + map.firmware().getFirst());
        }
        return isKernel()
                ? new Part(
                        "firmware unknown, as a kernel does not tell of it",
                        "firmware: an OP-TEE that offers protected memory for " + use
                                + " (CFG_CORE_DYN_PROTMEM=y, or a secure data path region)")
                : new Part(
                        "no firmware known to offer it",
                        "firmware: memory for " + use + " in that node (docs/platforms.md)");
    }

    private Part regions() {
        String regions = map.areas().stream()
                .filter(area -> area.flags().contains(Flag.FOR_PROTECTION))
                .map(MemoryArea::name)
                .collect(Collectors.joining(" "));
        if (!regions.isEmpty()) {
            return Part.there("regions " + regions);
        }
        return new Part(
                "no region known for protection",
                isKernel()
                        ? "region: reserved memory in the device tree that the firmware protects, or a CMA area that the kernel lends"
                        : "region: reserved-memory for protection in the board's device tree; the built-in board has all of these");
    }

    private Part kernelHeap(String name) {
        return kernelHeaps.contains(name)
                ? Part.there("kernel heap " + name)
                : new Part(
                        "no kernel heap " + name,
                        "kernel heap: linux 6.18 or newer with CONFIG_DMABUF_HEAPS=y and CONFIG_TEE_DMABUF_HEAPS=y");
    }

    /** What a plugin could offer it alone knows: those count that offer protected memory, or have found nothing to offer. */
    private Part plugins() {
        Set<String> ofProtected = heaps.heaps().stream()
                .filter(heap -> heap.traits().protection().isPresent())
                .map(HeapInfo::plugin)
                .collect(Collectors.toSet());
        List<PluginInfo> started = heaps.plugins().stream()
                .filter(plugin -> plugin.state() == PluginInfo.State.STARTED)
                .toList();
        String others = ids(started.stream().filter(plugin -> ofProtected.contains(plugin.id())));
        String idle = ids(started.stream().filter(plugin -> plugin.heaps().isEmpty()));
        if (others.isEmpty() && idle.isEmpty()) {
            return new Part("no plugin for it", "plugin: put the jar that offers such heaps into the plugin directory");
        }
        return Part.there(Stream.of(
                        others.isEmpty() ? "" : "plugins with other protected memory: " + others,
                        idle.isEmpty() ? "" : "plugins that found nothing to offer: " + idle)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", ")));
    }

    private static String ids(Stream<PluginInfo> plugins) {
        return plugins.map(PluginInfo::id).sorted().collect(Collectors.joining(" "));
    }
}
