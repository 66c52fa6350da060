package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Who means which region: {@code memory-region} and the phandles in it. */
final class RegionReferences {
    private final Map<String, Region> regions;
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final Findings findings;

    RegionReferences(Map<String, Region> regions, DeviceTree tree, Findings findings) {
        this.regions = regions;
        this.findings = findings;
        for (var node : tree.nodes()) {
            findings.read(node, node::phandle, OptionalInt.empty()).ifPresent(phandle -> add(phandle, node));
        }
    }

    private void add(int phandle, Node node) {
        var first = nodes.putIfAbsent(phandle, node);
        if (first != null) {
            findings.add(
                    Kind.DUPLICATE,
                    node,
                    "phandle 0x%x is that of %s already".formatted(phandle, first.path()),
                    "Let dtc give the phandles: use labels");
        }
    }

    /** The regions that a node uses; what cannot be used is left out. */
    List<RegionUse> of(Node node) {
        int[] phandles = node.property("memory-region").map(Property::cells).orElse(new int[0]);
        var names = node.property("memory-region-names").map(Property::strings).orElse(List.of());
        if (!names.isEmpty() && names.size() != phandles.length) {
            findings.add(
                    Kind.BAD_VALUE,
                    node,
                    "%d names for %d regions".formatted(names.size(), phandles.length),
                    "Give one memory-region-names entry for each memory-region");
            names = List.of();
        }
        var uses = new ArrayList<RegionUse>();
        for (int i = 0; i < phandles.length; i++) {
            var name = names.isEmpty() ? Optional.<String>empty() : Optional.of(names.get(i));
            region(node, phandles[i]).ifPresent(region -> uses.add(new RegionUse(name, region)));
        }
        return uses;
    }

    private Optional<Region> region(Node user, int phandle) {
        var target = nodes.get(phandle);
        var region = target == null ? null : regions.get(target.path());
        // A region that is disabled is meant to be missing, and one with a fault has been reported.
        if (region == null && (target == null || !target.path().startsWith(ReservedMemory.PATH + "/"))) {
            findings.add(
                    Kind.DANGLING_REFERENCE,
                    user,
                    "memory-region refers to "
                            + (target == null
                                    ? "phandle 0x%x, which no node has".formatted(phandle)
                                    : target.path() + ", which is no reserved region"),
                    "Refer to a child of " + ReservedMemory.PATH);
        }
        return Optional.ofNullable(region);
    }
}
