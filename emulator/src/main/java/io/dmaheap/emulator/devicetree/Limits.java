package io.dmaheap.emulator.devicetree;

/**
 * The bounds of every reader. Together they bound the memory that a tree can cost to some ten MiB, however small the input that
 * describes it; each is well above what real boards have.
 */
final class Limits {
    /** Of a blob, a source, or all values of a tree. The arm64 kernel maps 2 MiB for its blob. */
    static final int BYTES = 4 << 20;

    /** Of nodes below each other, the root counted. The kernel's {@code FDT_MAX_DEPTH}. */
    static final int DEPTH = 64;

    /** Of nodes; big boards have five thousand. */
    static final int NODES = 1 << 14;

    /** Of properties. */
    static final int PROPERTIES = 1 << 17;

    /** Of memory reservations; firmware makes a handful. */
    static final int RESERVATIONS = 1 << 10;

    /** Of characters in one name. The specification says 31, and boards exceed it. */
    static final int NAME = 255;

    /** Of characters in one path: every node keeps its own, so long names of parents would multiply. */
    static final int PATH = 1024;

    private Limits() {}
}
