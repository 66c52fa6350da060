package io.dmaheap.bench.allocators;

/**
 * One run of one contestant.
 *
 * @param nanos for all operations
 * @param operations how many
 * @param checksum over all places, in order
 * @param failures requests that found no place
 */
record Result(long nanos, long operations, long checksum, long failures) {

    double nanosPerOperation() {
        return (double) nanos / operations;
    }

    /** Whether both put everything at the same places. */
    boolean agrees(Result other) {
        return operations == other.operations && checksum == other.checksum && failures == other.failures;
    }
}
