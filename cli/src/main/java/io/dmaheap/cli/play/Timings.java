package io.dmaheap.cli.play;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** How long each operation took. Not safe for use by several threads. */
public final class Timings {
    private final Map<Operation, Samples> samples = new EnumMap<>(Operation.class);

    /**
     * A summary; times in nanoseconds. Percentiles are values that occurred (nearest rank).
     *
     * @param count how many were measured
     * @param p50 half were at most this
     * @param p95 95 in 100 were at most this
     * @param p99 99 in 100 were at most this
     * @param max the longest
     */
    public record Summary(long count, long p50, long p95, long p99, long max) {}

    private static final class Samples {
        private long[] nanos = new long[64];
        private int count;

        private void add(long value) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = value;
        }

        private Summary summary() {
            long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return new Summary(
                    count, percentile(sorted, 50), percentile(sorted, 95), percentile(sorted, 99), sorted[count - 1]);
        }

        private static long percentile(long[] sorted, int percent) {
            int rank = (int) ((sorted.length * (long) percent + 99) / 100);
            return sorted[rank - 1];
        }
    }

    /** Adds a measurement in nanoseconds. */
    public void add(Operation operation, long nanos) {
        samples.computeIfAbsent(operation, key -> new Samples()).add(nanos);
    }

    /** The summary of each operation that happened, in their order. */
    public Map<Operation, Summary> summaries() {
        Map<Operation, Summary> summaries = new EnumMap<>(Operation.class);
        samples.forEach((operation, all) -> summaries.put(operation, all.summary()));
        return summaries;
    }
}
