package io.dmaheap.cli.secure;

/**
 * One thing that a protected video path must have, and whether it was seen.
 *
 * @param what the claim, in a few words
 * @param outcome whether it holds
 * @param detail what was seen
 */
public record Proof(String what, Outcome outcome, String detail) {

    /** Whether a claim holds. */
    public enum Outcome {
        /** Seen to hold. */
        PROVEN,
        /** Seen not to hold. */
        BROKEN,
        /** Seen not to hold, by a heap that promises no such thing. */
        KEPT,
        /** Nobody here can tell. */
        UNKNOWN
    }

    static Proof proven(String what, String detail) {
        return new Proof(what, Outcome.PROVEN, detail);
    }

    static Proof broken(String what, String detail) {
        return new Proof(what, Outcome.BROKEN, detail);
    }

    static Proof unknown(String what, String detail) {
        return new Proof(what, Outcome.UNKNOWN, detail);
    }

    static Proof of(boolean holds, String what, String detail) {
        return holds ? proven(what, detail) : broken(what, detail);
    }
}
