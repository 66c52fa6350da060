package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The children of the root with {@code device_type = "memory"} (Devicetree Specification v0.4, 3.4), read as
 * {@code early_init_dt_scan_memory()} of drivers/of/fdt.c does (linux 7.2): {@code linux,usable-memory} goes before {@code reg}, parts of
 * pages are left out, and banks that touch or overlap are one.
 */
final class MemoryNodes {
    /** As many banks as the kernel has room for before it can allocate ({@code INIT_MEMBLOCK_REGIONS}). */
    private static final int MAX_BANKS = 128;

    private final DeviceTree tree;
    private final Findings findings;
    private final List<Node> nodes;

    MemoryNodes(DeviceTree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
        this.nodes = tree.root().children().stream()
                .filter(node -> findings.read(node, () -> isMemory(node), false))
                .toList();
    }

    private static boolean isMemory(Node node) {
        return node.isEnabled()
                && node.property("device_type")
                        .filter(p -> p.text().equals("memory"))
                        .isPresent();
    }

    /** The banks, ascending; empty if the tree leaves them to the boot loader. */
    List<AddressRange> banks() {
        List<AddressRange> banks = merged(nodes.stream()
                .flatMap(node -> findings.read(node, () -> banksOf(node), List.<AddressRange>of()).stream())
                .toList());
        if (banks.size() > MAX_BANKS) {
            findings.add(
                    Kind.TOO_MANY,
                    tree.root(),
                    banks.size() + " banks of memory",
                    "Only the first " + MAX_BANKS + " are used");
        }
        return banks.stream().limit(MAX_BANKS).toList();
    }

    /** Where memory begins, if a node says that; its size may be open. */
    Optional<Long> start() {
        return nodes.stream()
                .flatMap(node -> findings.read(node, () -> ranges(node), List.<AddressRange>of()).stream())
                .map(AddressRange::base)
                .min(Comparator.naturalOrder());
    }

    private List<AddressRange> banksOf(Node node) {
        if (reg(node).isEmpty()) {
            findings.add(
                    Kind.MISSING_PROPERTY, node, "this memory has no reg", "Say where it is: reg = <address size>");
        }
        List<AddressRange> banks = new ArrayList<>();
        for (AddressRange range : ranges(node)) {
            range.aligned(Region.PAGE).ifPresentOrElse(banks::add, () -> {
                if (range.size() > 0) {
                    findings.add(
                            Kind.MISALIGNED,
                            node,
                            "the kernel ignores the memory block " + range + ", which has no whole page",
                            "Use multiples of 4096");
                }
            });
        }
        return banks;
    }

    private static Optional<Property> reg(Node node) {
        return node.property("linux,usable-memory").or(() -> node.property("reg"));
    }

    private List<AddressRange> ranges(Node node) {
        return reg(node).map(reg -> reg.ranges(tree.root().cells())).orElse(List.of());
    }

    /** Ranges, ascending, of which none touch. */
    static List<AddressRange> merged(List<AddressRange> ranges) {
        List<AddressRange> merged = new ArrayList<>();
        for (AddressRange range : ranges.stream()
                .sorted(Comparator.comparingLong(AddressRange::base))
                .toList()) {
            if (!merged.isEmpty() && merged.getLast().end() >= range.base()) {
                AddressRange last = merged.removeLast();
                merged.add(new AddressRange(last.base(), Math.max(last.end(), range.end()) - last.base()));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }
}
