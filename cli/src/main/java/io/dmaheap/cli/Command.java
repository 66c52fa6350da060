package io.dmaheap.cli;

/** One subcommand. Its fields are set by its {@link #syntax} while arguments are parsed; then it runs, once. */
interface Command {
    /** What it understands. */
    Syntax syntax();

    /** Does the work and gives the exit status. */
    int run() throws InterruptedException;
}
