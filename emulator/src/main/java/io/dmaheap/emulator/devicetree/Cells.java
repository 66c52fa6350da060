package io.dmaheap.emulator.devicetree;

/**
 * How many 32-bit cells the children of a node use for an address and for a size (Devicetree Specification v0.4, 2.3.5). Only the
 * direct children: it is not inherited.
 *
 * @param address cells of an address
 * @param size cells of a size
 */
public record Cells(int address, int size) {
    /** What a node means that does not say. */
    public static final Cells DEFAULT = new Cells(2, 1);
}
