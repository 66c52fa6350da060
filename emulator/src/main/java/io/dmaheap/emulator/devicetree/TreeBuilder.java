package io.dmaheap.emulator.devicetree;

import io.dmaheap.HeapException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts a tree together from what a reader meets, in its order, within the {@link Limits}. Needs no recursion. */
final class TreeBuilder {
    private final Supplier<String> place;
    private final String hint;
    private final Deque<Open> open = new ArrayDeque<>();
    private @Nullable Node root;
    private int nodes;
    private int properties;
    private long bytes;

    /** A builder that asks {@code place} where the reader is when something is wrong, and says what to do about it. */
    TreeBuilder(Supplier<String> place, String hint) {
        this.place = place;
        this.hint = hint;
    }

    /** A node starts; its parent is the one that is open. The root has the empty name. */
    void begin(String name) {
        if (root != null) {
            throw malformed("a second root node");
        }
        check(++nodes, Limits.NODES, "nodes");
        check(open.size() + 1, Limits.DEPTH, "levels of nodes");
        if (open.isEmpty()) {
            if (!name.isEmpty()) {
                throw malformed("the root node has a name");
            }
            open.push(new Open("/"));
            return;
        }
        var parent = open.getFirst();
        checkName(name, "node");
        if (parent.children.containsKey(name)) {
            throw malformed("two nodes are called " + name);
        }
        String path = parent.path.equals("/") ? "/" + name : parent.path + "/" + name;
        check(path.length(), Limits.PATH, "characters in a path");
        open.push(new Open(path));
    }

    /** A property of the open node. */
    void property(String name, byte[] value) {
        if (open.isEmpty()) {
            throw malformed("a property outside of any node");
        }
        var node = open.getFirst();
        check(++properties, Limits.PROPERTIES, "properties");
        check(bytes += value.length, Limits.BYTES, "bytes of values");
        checkName(name, "property");
        if (!node.children.isEmpty()) {
            throw malformed("property " + name + " comes after a node");
        }
        if (node.properties.putIfAbsent(name, new Property(node.path, name, value)) != null) {
            throw malformed("two properties are called " + name);
        }
    }

    /** The open node ends. */
    void end() {
        if (open.isEmpty()) {
            throw malformed("a node ends that never began");
        }
        var done = open.pop().toNode();
        if (open.isEmpty()) {
            root = done;
        } else {
            open.getFirst().children.put(done.name(), done);
        }
    }

    /** The tree ends. */
    Node finish() {
        if (!open.isEmpty()) {
            throw malformed("the tree ends inside this node");
        }
        if (root == null) {
            throw malformed("the tree has no root node");
        }
        return root;
    }

    /** Whether a node has begun that has not ended. */
    boolean isOpen() {
        return !open.isEmpty();
    }

    /** The path of the open node. */
    String path() {
        return open.isEmpty() ? "/" : open.getFirst().path;
    }

    /** What is wrong, in the open node, where the reader is. */
    HeapException malformed(String what) {
        return Malformed.tree(Objects.requireNonNull(place.get()), path(), what, hint);
    }

    private void checkName(String name, String kind) {
        if (!Names.isName(name)) {
            throw malformed("a " + kind + " name is empty, longer than " + Limits.NAME
                    + " characters, or has a character that names cannot have");
        }
    }

    private void check(long count, long limit, String what) {
        if (count > limit) {
            throw malformed("more than " + limit + " " + what);
        }
    }

    private static final class Open {
        private final String path;
        private final Map<String, Property> properties = new LinkedHashMap<>();
        private final Map<String, Node> children = new LinkedHashMap<>();

        Open(String path) {
            this.path = path;
        }

        Node toNode() {
            return new Node(path, List.copyOf(properties.values()), List.copyOf(children.values()));
        }
    }
}
