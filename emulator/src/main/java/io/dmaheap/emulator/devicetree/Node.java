package io.dmaheap.emulator.devicetree;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A node of a device tree: properties, and nodes below it, each in the order in which they were described.
 *
 * @param path the full path; {@code /} for the root
 * @param properties the properties; no two of one name
 * @param children the nodes directly below; no two of one name
 */
public record Node(String path, List<Property> properties, List<Node> children) {
    private static final int NO_PHANDLE = 0;
    private static final int INVALID_PHANDLE = -1;

    /** Checks that all parts are there and that names are unique. */
    public Node {
        Objects.requireNonNull(path, "path");
        properties = List.copyOf(properties);
        children = List.copyOf(children);
        var names = new HashSet<String>();
        if (!properties.stream().map(Property::name).allMatch(names::add)) {
            throw new IllegalArgumentException("two properties of one name in " + path);
        }
        names.clear();
        if (!children.stream().map(Node::name).allMatch(names::add)) {
            throw new IllegalArgumentException("two nodes of one name in " + path);
        }
    }

    /** The last part of the path, with the unit address; empty for the root. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The property of this name. */
    public Optional<Property> property(String name) {
        return properties.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** Whether there is a property of this name: how a tree says true. */
    public boolean has(String name) {
        return property(name).isPresent();
    }

    /** The node directly below with exactly this name. */
    public Optional<Node> child(String name) {
        return children.stream().filter(c -> c.name().equals(name)).findFirst();
    }

    /** How the children of this node write addresses and sizes. */
    public Cells cells() {
        return new Cells(
                property("#address-cells").map(Property::u32).orElse(Cells.DEFAULT.address()),
                property("#size-cells").map(Property::u32).orElse(Cells.DEFAULT.size()));
    }

    /** What the node is compatible with, the most specific first; empty if it does not say. */
    public List<String> compatible() {
        return property("compatible").map(Property::strings).orElse(List.of());
    }

    /** Whether the node is in use: it has no {@code status}, or that says {@code okay} (or, of old, {@code ok}). */
    public boolean isEnabled() {
        return property("status").map(Property::strings).map(List::getFirst).stream()
                .allMatch(status -> status.equals("okay") || status.equals("ok"));
    }

    /** The number by which other nodes refer to this one. */
    public OptionalInt phandle() {
        return property("phandle").or(() -> property("linux,phandle")).stream()
                .mapToInt(Property::u32)
                .filter(phandle -> phandle != NO_PHANDLE && phandle != INVALID_PHANDLE)
                .findFirst();
    }

    @Override
    public String toString() {
        return path;
    }
}
