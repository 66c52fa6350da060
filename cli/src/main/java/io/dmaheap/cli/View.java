package io.dmaheap.cli;

import io.dmaheap.Heaps;
import io.dmaheap.cli.output.Printer;

/** What a command shows of open heaps, once or again and again. */
interface View {
    /**
     * Shows how things are now.
     *
     * @return the exit status if it is the last time
     */
    int show(Heaps heaps, Printer out);
}
