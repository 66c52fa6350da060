package io.dmaheap.heaps.restricted.mtk;

/**
 * What the normal world and the secure world owe each other over a region of two parts; whoever breaks it gets an {@link AssertionError}.
 * A step at a time, since what may happen between two of them is what is watched.
 */
final class LendingProtocol {
    /** The bytes of a part. */
    static final long PART = 4 << 20;

    /** The parts of the region. */
    static final int PARTS = 2;

    private final boolean[] given = new boolean[PARTS];
    private final boolean[] taken = new boolean[PARTS];
    private int lent;
    private int held;
    private boolean connected;

    private static void require(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }

    private static void mark(boolean[] which, int first, int count, boolean value) {
        for (int part = first; part < first + count; part++) {
            require(which[part] != value, value ? "given out twice" : "given back twice");
            which[part] = value;
        }
    }

    /** The normal world opens its session. */
    synchronized void connect() {
        require(!connected, "connected twice");
        connected = true;
    }

    /** The normal world lends one part after the other. */
    synchronized void lend(int first, int count) {
        require(first == lent && first + count <= PARTS, "lent twice");
        lent += count;
    }

    /** The secure world is asked for a buffer in what it is told is lent; the first part of it, or -1 if there is no room. */
    synchronized int give(int count, int told) {
        require(told <= lent, "told of more than is lent");
        for (int first = 0; first + count <= told; first++) {
            if (!given[first] && !given[first + count - 1]) {
                mark(given, first, count, true);
                held = Math.max(held, told);
                return first;
            }
        }
        return -1;
    }

    /** The normal world makes a buffer of it. */
    synchronized void take(int first, int count) {
        require(first + count <= held, "given out unprotected");
        mark(taken, first, count, true);
    }

    /** The secure world has it back; with the last one it lets go of everything. */
    synchronized void giveBack(int first, int count) {
        mark(given, first, count, false);
        held = given[0] || given[1] ? held : 0;
    }

    /** The buffer is no more. */
    synchronized void release(int first, int count) {
        require(first + count <= lent, "taken back from under a buffer");
        mark(taken, first, count, false);
    }

    /** The normal world takes back what it lent last. */
    synchronized void reclaim(int first, int count) {
        require(held == 0, "taken back while it is protected");
        require(first + count == lent, "taken back twice");
        lent = first;
    }

    /** Everything ended. */
    synchronized void requireIdle() {
        require(lent == 0 && held == 0, "something is still lent");
        require(!given[0] && !given[1] && !taken[0] && !taken[1], "something is still in use");
    }
}
