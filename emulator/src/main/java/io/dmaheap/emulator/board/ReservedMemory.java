package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.Cells;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The children of {@code /reserved-memory} ({@code Documentation/devicetree/bindings/reserved-memory/reserved-memory.yaml}). As in
 * the kernel, regions with a {@code reg} get their place first, then those that leave it open, each in the order of the tree.
 */
final class ReservedMemory {
    /** The kernel's {@code MAX_RESERVED_REGIONS}. */
    static final int MAX_REGIONS = 64;

    static final String PATH = "/reserved-memory";

    private final DeviceTree tree;
    private final Findings findings;
    private final RegionReader reader;

    ReservedMemory(DeviceTree tree, MemoryMap map, Findings findings) {
        this.tree = tree;
        this.findings = findings;
        this.reader =
                new RegionReader(findings.read(tree.root(), () -> tree.root().cells(), Cells.DEFAULT), map, findings);
    }

    /** The regions by path, in the order of the tree. */
    Map<String, Region> read() {
        var nodes = tree.find(PATH).filter(this::isUsable).map(this::enabled).orElse(List.of());
        nodes.stream()
                .filter(node -> node.has("reg"))
                .forEach(node -> findings.attempt(node, () -> reader.readStatic(node)));
        nodes.stream()
                .filter(node -> !node.has("reg"))
                .forEach(node -> findings.attempt(node, () -> reader.readDynamic(node)));
        var ordered = new LinkedHashMap<String, Region>();
        for (var node : nodes) {
            reader.region(node).ifPresent(region -> ordered.put(node.path(), region));
        }
        return ordered;
    }

    /** The kernel ignores the node as a whole if its cells differ from those of the root or it lacks {@code ranges}. */
    private boolean isUsable(Node parent) {
        boolean usable =
                findings.read(parent, () -> parent.cells().equals(tree.root().cells()), false)
                        && parent.has("#address-cells")
                        && parent.has("#size-cells")
                        && parent.has("ranges");
        if (!usable) {
            findings.add(
                    Kind.BAD_VALUE,
                    parent,
                    "the kernel would ignore all regions",
                    "Repeat #address-cells and #size-cells of the root here, and add ranges;");
        }
        return usable;
    }

    private List<Node> enabled(Node parent) {
        var nodes = parent.children().stream()
                .filter(node -> findings.read(node, node::isEnabled, false))
                .toList();
        for (var node : nodes.stream().skip(MAX_REGIONS).toList()) {
            findings.add(
                    Kind.TOO_MANY, node, "the kernel has room for " + MAX_REGIONS + " regions", "Merge some of them");
        }
        return nodes.stream().limit(MAX_REGIONS).toList();
    }
}
