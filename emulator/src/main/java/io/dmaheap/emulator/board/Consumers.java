package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.Cells;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds who uses memory: devices, the firmware, and {@code linux,cma} nodes. */
final class Consumers {
    private final RegionReferences references;
    private final Findings findings;
    private final DeviceReader reader;
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private final Map<String, String> declaredHeaps = new HashMap<>();
    private @Nullable OpteeFirmware optee;

    Consumers(RegionReferences references, Findings findings) {
        this.references = references;
        this.findings = findings;
        this.reader = new DeviceReader(references, findings);
    }

    List<Device> devices() {
        return List.copyOf(devices.values());
    }

    Optional<OpteeFirmware> optee() {
        return Optional.ofNullable(optee);
    }

    /** The path of the {@code linux,cma} node, by the path of the region that it asks a heap for. */
    Map<String, String> declaredHeaps() {
        return declaredHeaps;
    }

    /** Looks at everything below the root but the regions themselves. */
    void read(Node root) {
        for (var node : root.children()) {
            if (!node.path().equals(ReservedMemory.PATH)) {
                read(node, root, List.of());
            }
        }
    }

    private void read(Node node, Node parent, List<AddressRange> windows) {
        if (!findings.read(node, node::isEnabled, false)) {
            return;
        }
        var compatible = findings.read(node, node::compatible, List.<String>of());
        if (compatible.contains("linux,cma")) {
            findings.attempt(node, () -> declareHeap(node));
        } else if (compatible.contains("linaro,optee-tz")) {
            findings.attempt(node, () -> readOptee(node));
        } else if (node.has("memory-region") || node.has(DeviceReader.MASTER)) {
            findings.attempt(node, () -> add(node, reader.read(node, windows)));
        }
        var below = findings.read(node, () -> windows(node, parent, windows), windows);
        node.children().forEach(child -> read(child, node, below));
    }

    /**
     * Where DMA of the children of a bus ends up (Devicetree Specification v0.4, 2.3.9): rows of bus address, parent address, size. An
     * empty value changes nothing. The parent's addresses are taken for physical ones, as the nearest bus that says anything counts.
     */
    private static List<AddressRange> windows(Node bus, Node parent, List<AddressRange> inherited) {
        var ranges = bus.property("dma-ranges").filter(property -> property.size() > 0);
        if (ranges.isEmpty()) {
            return inherited;
        }
        Cells cells = bus.cells();
        // Not toList(): each device of the bus shares this list, as copyOf() does not copy its own kind.
        return ranges.get().rows(cells.address(), parent.cells().address(), cells.size()).stream()
                .map(row -> ranges.get().range(row[1], row[2]))
                .collect(Collectors.toUnmodifiableList());
    }

    private void add(Node node, Device device) {
        var first = devices.putIfAbsent(device.name(), device);
        if (first != null) {
            findings.add(
                    Kind.DUPLICATE,
                    node,
                    "the name " + device.name() + " is that of " + first.path() + " already",
                    "Give each device a " + DeviceReader.MASTER + " of its own");
        }
    }

    private void declareHeap(Node node) {
        var uses = references.of(node);
        if (uses.size() == 1 && uses.getFirst().region() instanceof Region.Cma area) {
            declaredHeaps.putIfAbsent(area.placement().path(), node.path());
        } else {
            findings.add(
                    Kind.BAD_VALUE,
                    node,
                    "makes a heap of no CMA region",
                    "Refer to one reusable shared-dma-pool by memory-region");
        }
    }

    private void readOptee(Node node) {
        var method = node.property("method").map(Property::text);
        if (method.isEmpty()) {
            findings.add(Kind.MISSING_PROPERTY, node, "no method to call the firmware by", "Add method = \"smc\";");
        } else if (optee != null) {
            findings.add(
                    Kind.DUPLICATE,
                    node,
                    "the firmware is described by " + optee.path() + " already",
                    "Keep one of the two");
        } else {
            optee = new OpteeFirmware(
                    node.path(), method.get(), pools(node), new ProtectedUseReader(findings).read(node));
        }
    }

    /** Those that no vendor's application protects: of two that divide a region, neither knows what the other gives out. */
    private List<RegionUse> pools(Node node) {
        return references.of(node).stream()
                .filter(use -> {
                    boolean isVendors =
                            use.region() instanceof Region.MediatekPool || use.region() instanceof Region.LinaroPool;
                    if (isVendors) {
                        findings.add(
                                Kind.CONFLICT,
                                node,
                                "OP-TEE's pool is " + use.region().name()
                                        + ", which is protected memory by its own binding: it is left to that",
                                "Give OP-TEE a region of its own: one region has one protector");
                    }
                    return !isVendors;
                })
                .toList();
    }
}
