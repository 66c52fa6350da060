package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.Cells;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The children of {@code /reserved-memory} ({@code Documentation/devicetree/bindings/reserved-memory/reserved-memory.yaml}). As in
 * the kernel, regions with a {@code reg} get their place first, then those that leave it open, each in the order of the tree.
 */
final class ReservedMemory {
    /** The kernel's {@code MAX_RESERVED_REGIONS}: how many regions may leave their place open. */
    static final int MAX_DYNAMIC = 64;

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
        var fixed = nodes.stream().filter(node -> node.has("reg")).toList();
        var open =
                nodes.stream().filter(node -> !node.has("reg") && hasSize(node)).toList();
        fixed.forEach(node -> findings.attempt(node, () -> reader.readStatic(node)));
        open.stream().limit(MAX_DYNAMIC).forEach(node -> findings.attempt(node, () -> reader.readDynamic(node)));
        open.stream()
                .skip(MAX_DYNAMIC)
                .forEach(node -> findings.add(
                        Kind.TOO_MANY,
                        node,
                        "the kernel places " + MAX_DYNAMIC + " regions that leave it open",
                        "Merge some of them, or give them addresses"));
        reader.reportOverlaps(fixed, tree.reservations());
        reader.keepLastDefault(Stream.concat(open.stream(), fixed.stream()).toList());
        var ordered = new LinkedHashMap<String, Region>();
        for (var node : nodes) {
            reader.region(node).ifPresent(region -> ordered.put(node.path(), region));
        }
        return ordered;
    }

    private boolean hasSize(Node node) {
        if (!node.has("size")) {
            findings.add(
                    Kind.MISSING_PROPERTY, node, "neither reg nor a size", "Say where the region is, or how large");
        }
        return node.has("size");
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
        return parent.children().stream()
                .filter(node -> findings.read(node, node::isEnabled, false))
                .toList();
    }
}
