package io.dmaheap.emulator.board;

import java.util.Objects;

/**
 * Something wrong with the description of a board. The node that it names is left out, or used without the faulty part; the rest of
 * the board works.
 *
 * @param kind the sort of fault
 * @param node the path of the node
 * @param message what is wrong, in one sentence for a person
 * @param hint what to change
 */
public record BoardProblem(Kind kind, String node, String message, String hint) {

    /** Checks that all parts are there. */
    public BoardProblem {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(hint, "hint");
    }

    @Override
    public String toString() {
        return node + ": " + message + ". " + hint;
    }

    /** The sorts of faults. */
    public enum Kind {
        /** Two things claim the same memory. */
        OVERLAP,
        /** A region lies where the board has no memory. */
        OUTSIDE_MEMORY,
        /** A base or size that is no multiple of what it has to be. */
        MISALIGNED,
        /** No place was found for a region that asked for any. */
        NO_ROOM,
        /** A name, phandle or default that is there twice. */
        DUPLICATE,
        /** A property that must be there is not. */
        MISSING_PROPERTY,
        /** A property whose value makes no sense. */
        BAD_VALUE,
        /** Two properties that exclude each other. */
        CONFLICT,
        /** A name that the kernel would cut off. */
        NAME_TOO_LONG,
        /** A reference to a node that does not exist or is no region. */
        DANGLING_REFERENCE,
        /** More of something than the kernel has room for. */
        TOO_MANY
    }
}
