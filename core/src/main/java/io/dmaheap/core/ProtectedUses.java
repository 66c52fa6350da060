package io.dmaheap.core;

import io.dmaheap.Finding;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryMap;
import io.dmaheap.MemoryMap.Flag;
import io.dmaheap.PluginInfo;
import io.dmaheap.tee.TeeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which protected uses work on a machine, and which of the parts that each needs is missing: a TEE, memory that the firmware or the
 * description sets aside, a heap of the kernel, a plugin.
 */
final class ProtectedUses {
    /** The kernel's words for {@code enum tee_dma_heap_id} (include/linux/tee_core.h). */
    private static final List<String> USES = List.of("secure-video", "trusted-ui", "secure-video-record");

    private static final String PLUGIN_PREFIX = "heaps-restricted-";

    private final Heaps heaps;
    private final MemoryMap map;

    ProtectedUses(Heaps heaps) {
        this.heaps = heaps;
        this.map = heaps.memoryMap();
    }

    List<Finding> findings() {
        return USES.stream().map(this::finding).toList();
    }

    private Finding finding(String use) {
        String subject = "protected " + use;
        List<HeapInfo> offered = heaps.heaps().stream()
                .filter(heap -> heap.traits()
                        .protection()
                        .filter(one -> one.useCase().equals(use))
                        .isPresent())
                .toList();
        String names = offered.stream().map(HeapInfo::name).collect(Collectors.joining(", "));
        if (offered.stream().anyMatch(heap -> heap.openable().yes())) {
            return Finding.ok(subject, names);
        }
        if (!offered.isEmpty()) {
            return Finding.warn(
                    subject,
                    names + " cannot be used",
                    offered.getFirst().openable().reason());
        }
        return Finding.warn(subject, "no heap; " + String.join(", ", parts()), fix(use));
    }

    /** What is there of what such a heap needs. */
    private List<String> parts() {
        List<String> parts = new ArrayList<>();
        parts.add(
                heaps.tees().isEmpty()
                        ? "no TEE"
                        : "TEE " + heaps.tees().stream().map(TeeInfo::name).collect(Collectors.joining(" ")));
        String regions = map.areas().stream()
                .filter(area -> area.flags().contains(Flag.FOR_PROTECTION))
                .map(area -> area.name())
                .collect(Collectors.joining(" "));
        parts.add(regions.isEmpty() ? "no region known for protection" : "regions " + regions);
        parts.add(
                map.firmware().isEmpty()
                        ? "no firmware known to offer it"
                        : "firmware: " + map.firmware().getFirst());
        String plugins = plugins();
        parts.add(plugins.isEmpty() ? "no plugin for it" : "plugins " + plugins);
        return parts;
    }

    private String plugins() {
        return heaps.plugins().stream()
                .map(PluginInfo::id)
                .filter(id -> id.startsWith(PLUGIN_PREFIX))
                .collect(Collectors.joining(" "));
    }

    /** The first missing part: without it the others are of no use. */
    private String fix(String use) {
        if (plugins().isEmpty()) {
            return "Put the heaps-restricted-* jars into the plugin directory";
        }
        if (!heaps.platform().name().equals("linux")) {
            return "Describe it in the device tree of the board: docs/platforms.md says how; the built-in board has it";
        }
        return heaps.tees().isEmpty()
                ? "A TEE must protect it: a board with OP-TEE, CONFIG_TEE=y and CONFIG_OPTEE=y"
                : "Use linux 6.18 or newer, and an OP-TEE that offers protected memory for " + use
                        + ": then the kernel has the heap protected," + use;
    }
}
