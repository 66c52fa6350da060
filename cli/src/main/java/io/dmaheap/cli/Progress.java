package io.dmaheap.cli;

/** One line on the terminal that says how far a command is, and is wiped at the end. */
final class Progress implements AutoCloseable {
    private final Invocation invocation;
    private final int total;
    private int done;

    /**
     * Begins.
     *
     * @param total how many steps there are
     */
    Progress(Invocation invocation, int total) {
        this.invocation = invocation;
        this.total = total;
    }

    /** The next step begins. */
    void step(String what) {
        done++;
        if (invocation.screen().lively()) {
            invocation.err().rewrite(done + " of " + total + ": " + what);
        }
    }

    @Override
    public void close() {
        if (invocation.screen().lively()) {
            invocation.err().rewrite("");
        }
    }
}
