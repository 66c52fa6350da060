package io.dmaheap.allocators;

/** A run of free units as one number, its start in the upper half and its end in the lower: a search passes too many for objects. */
final class FreeRun {

    static long between(int start, int end) {
        return (long) start << 32 | end;
    }

    static int start(long run) {
        return (int) (run >>> 32);
    }

    static int end(long run) {
        return (int) run;
    }

    private FreeRun() {}
}
