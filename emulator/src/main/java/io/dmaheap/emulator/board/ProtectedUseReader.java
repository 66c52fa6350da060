package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.Property;
import java.util.ArrayList;
import java.util.List;

/** Reads what OP-TEE borrows memory for. */
final class ProtectedUseReader {
    private static final String NUMBER = "dmaheap,use-case";
    private static final String SIZE = "dmaheap,minimum-size";
    private static final String ALIGNMENT = "dmaheap,alignment";

    /** The kernel knows no more ({@code TEE_DMA_HEAP_SECURE_VIDEO_RECORD}). */
    private static final int LAST_USE = 3;

    private final Findings findings;

    ProtectedUseReader(Findings findings) {
        this.findings = findings;
    }

    /** The uses below the firmware's node; one with a fault is left out. */
    List<ProtectedUse> read(Node optee) {
        var uses = new ArrayList<ProtectedUse>();
        for (Node node : optee.children()) {
            if (node.has(NUMBER)) {
                findings.attempt(node, () -> add(node, uses));
            }
        }
        return uses;
    }

    private void add(Node node, List<ProtectedUse> uses) {
        int number = u32(node, NUMBER, 0);
        long size = Integer.toUnsignedLong(u32(node, SIZE, 0));
        long alignment = Integer.toUnsignedLong(u32(node, ALIGNMENT, (int) Region.PAGE));
        if (number < 1 || number > LAST_USE) {
            findings.add(Kind.BAD_VALUE, node, NUMBER + " must be 1 to " + LAST_USE, "The use is left out");
        } else if (uses.stream().anyMatch(use -> use.number() == number)) {
            findings.add(Kind.DUPLICATE, node, "there is a use " + number + " already", "The first one was kept");
        } else if (size == 0 || size % Region.PAGE != 0) {
            findings.add(Kind.BAD_VALUE, node, SIZE + " is no number of pages", "Use a multiple of 4096");
        } else if (alignment < Region.PAGE || Long.bitCount(alignment) != 1) {
            findings.add(Kind.BAD_VALUE, node, ALIGNMENT + " is no power of two from 4096", "Leave it out for a page");
        } else {
            uses.add(new ProtectedUse(
                    node.name(),
                    number,
                    size,
                    alignment,
                    names(node, "dmaheap,read-only"),
                    names(node, "dmaheap,read-write")));
        }
    }

    private static int u32(Node node, String property, int otherwise) {
        return node.property(property).map(Property::u32).orElse(otherwise);
    }

    private static List<String> names(Node node, String property) {
        return node.property(property).map(Property::strings).orElse(List.of());
    }
}
