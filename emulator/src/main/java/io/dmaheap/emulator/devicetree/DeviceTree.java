package io.dmaheap.emulator.devicetree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A machine as its firmware describes it. Immutable, so safe for use by several threads. Two trees are equal if they have the same
 * nodes, properties and reservations in the same order.
 *
 * @param root the node {@code /}
 * @param reservations memory that no program may use, besides what {@code /reserved-memory} says (v0.4, 5.3)
 * @param bootCpu the physical id of the CPU that starts
 */
public record DeviceTree(Node root, List<AddressRange> reservations, int bootCpu) {

    /** Checks that all parts are there. */
    public DeviceTree {
        Objects.requireNonNull(root, "root");
        reservations = List.copyOf(reservations);
    }

    /** The node of this full path. */
    public Optional<Node> find(String path) {
        if (path.equals("/")) {
            return Optional.of(root);
        }
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        var node = Optional.of(root);
        for (String name : path.substring(1).split("/", -1)) {
            node = node.flatMap(n -> n.child(name));
        }
        return node;
    }

    /** All nodes, each before the nodes below it. */
    public List<Node> nodes() {
        var nodes = new ArrayList<Node>();
        var next = new ArrayDeque<Node>(List.of(root));
        while (!next.isEmpty()) {
            var node = next.pop();
            nodes.add(node);
            node.children().reversed().forEach(next::push);
        }
        return nodes;
    }
}
