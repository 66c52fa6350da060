package io.dmaheap.emulator.devicetree;

import io.dmaheap.HeapException;
import java.util.ArrayList;
import java.util.List;

/** The grammar of a source (Devicetree Specification v0.4, chapter 6), read once from front to back without recursion. */
final class SourceParser {
    private final SourceScanner in;
    private final References references;
    private final TreeBuilder tree;
    private final SourceValues values;

    SourceParser(String text, String source, References references) {
        this.in = new SourceScanner(text, source);
        this.references = references;
        this.tree = new TreeBuilder(in::place, Malformed.OF_SOURCE);
        this.values = new SourceValues(in, tree, references);
    }

    DeviceTree read() {
        if (!in.take("/dts-v1/")) {
            throw malformed("source begins with /dts-v1/;");
        }
        values.expect(";");
        var reservations = new ArrayList<AddressRange>();
        while (in.take("/memreserve/")) {
            reservations.add(reservation(reservations.size()));
        }
        if (in.construct().isPresent()) {
            throw malformed("the root node");
        }
        values.expect("/");
        values.expect("{");
        tree.begin("");
        while (tree.isOpen()) {
            statement();
        }
        if (!in.atEnd()) {
            throw malformed("only one root node is understood, and nothing after it");
        }
        return new DeviceTree(tree.finish(), reservations, 0);
    }

    private AddressRange reservation(int before) {
        long base = values.number(Long.SIZE);
        long size = values.number(Long.SIZE);
        if (!AddressRange.isValid(base, size)) {
            throw malformed("this reservation leaves the address space");
        }
        if (before == Limits.RESERVATIONS) {
            throw malformed("more than " + Limits.RESERVATIONS + " memory reservations");
        }
        values.expect(";");
        return new AddressRange(base, size);
    }

    /** The end of a node, its property, or the beginning of a node within it. */
    private void statement() {
        if (in.construct().isPresent()) {
            throw malformed("a property, a node or }");
        }
        if (in.take("}")) {
            addPhandle();
            tree.end();
            values.expect(";");
            return;
        }
        var labels = new ArrayList<String>();
        String name = name();
        while (in.take(":")) {
            labels.add(name);
            name = name();
        }
        if (in.take("{")) {
            addPhandle();
            tree.begin(name);
            define(labels);
        } else if (!labels.isEmpty()) {
            throw malformed("only nodes can have labels here");
        } else {
            tree.property(name, in.take("=") ? values.value() : new byte[0]);
            values.expect(";");
        }
    }

    private String name() {
        String name = in.takeWhile(c -> Names.isNameCharacter((char) c));
        if (name.isEmpty()) {
            throw malformed("expected a property, a node or }");
        }
        return name;
    }

    private void define(List<String> labels) {
        for (String label : labels) {
            if (!label.chars().allMatch(c -> Names.isLabelCharacter((char) c))) {
                throw malformed("a label cannot be called " + label);
            }
            if (!references.define(label, tree.path())) {
                throw malformed("the label " + label + " belongs to another node already");
            }
        }
    }

    /** Properties come before nodes, and a phandle that nobody wrote is the last of them, as dtc has it. */
    private void addPhandle() {
        references.takeAssigned(tree.path()).ifPresent(phandle -> tree.property("phandle", SourceValues.cell(phandle)));
    }

    private HeapException malformed(String what) {
        return tree.malformed(
                in.construct().map(name -> name + " is not read here").orElse(what));
    }
}
