package io.dmaheap.bench.allocators;

/** A way to place ranges. */
interface Contestant {
    Result run(Trace trace);
}
