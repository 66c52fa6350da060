package io.dmaheap.bench.allocators;

import java.lang.management.ManagementFactory;

/**
 * One run of one contestant. Time is that of the processor, so that what else runs on the machine counts less.
 *
 * @param nanos for all operations
 * @param operations how many
 * @param checksum over all places, in order
 * @param failures requests that found no place
 */
record Result(long nanos, long operations, long checksum, long failures) {

    /** What the calling thread has used so far; the C program asks {@code CLOCK_THREAD_CPUTIME_ID}. */
    static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    double nanosPerOperation() {
        return (double) nanos / operations;
    }

    /** Whether both put everything at the same places. */
    boolean agrees(Result other) {
        return operations == other.operations && checksum == other.checksum && failures == other.failures;
    }
}
