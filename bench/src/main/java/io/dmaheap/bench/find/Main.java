package io.dmaheap.bench.find;

import com.sun.management.ThreadMXBean;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;

/**
 * Finding and closing a heap handle against the least that a counted lookup can cost: {@code ConcurrentHashMap.get}, an atomic
 * increment and an atomic decrement. The two take turns in one run; with one thread, then with two.
 */
public final class Main {
    private static final int ROUNDS = 21;
    private static final long OPERATIONS = 2_000_000;
    private static final String NAME = "system";

    private Main() {}

    /** Runs both and prints the ratios. */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        try (var heaps = Heaps.open()) {
            var counters = new ConcurrentHashMap<String, AtomicInteger>();
            // As many entries as there are heaps, since a lookup among more may meet a collision.
            heaps.heaps().forEach(heap -> counters.put(heap.name(), new AtomicInteger()));
            LongUnaryOperator floor = times -> floor(counters, times);
            LongUnaryOperator ours = times -> ours(heaps, times);
            for (int threads = 1; threads <= 2; threads++) {
                List<Double> floorTimes = new ArrayList<>();
                List<Double> ourTimes = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    floorTimes.add(measure(floor, threads));
                    ourTimes.add(measure(ours, threads));
                }
                double ratio = median(ourTimes) / median(floorTimes);
                System.out.printf(
                        "%d thread%s: get+increment+decrement %.1f ns, find+close %.1f ns, ratio %.2f%n",
                        threads, threads == 1 ? " " : "s", median(floorTimes), median(ourTimes), ratio);
            }
            System.out.printf("find+close allocates %.1f bytes%n", bytesPerCall(ours));
        }
    }

    private static long floor(ConcurrentHashMap<String, AtomicInteger> counters, long times) {
        long sum = 0;
        for (long i = 0; i < times; i++) {
            AtomicInteger counter = counters.get(NAME);
            sum += counter.incrementAndGet();
            sum += counter.decrementAndGet();
        }
        return sum;
    }

    private static long ours(Heaps heaps, long times) {
        long sum = 0;
        for (long i = 0; i < times; i++) {
            try (Heap heap = heaps.find(NAME).orElseThrow()) {
                sum += heap.name().length();
            }
        }
        return sum;
    }

    /** Nanoseconds per operation of one thread while all run. */
    private static double measure(LongUnaryOperator work, int threads) throws InterruptedException, ExecutionException {
        var start = new CyclicBarrier(threads);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var running = new ArrayList<java.util.concurrent.Future<Long>>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    start.await();
                    long from = System.nanoTime();
                    if (work.applyAsLong(OPERATIONS) == 0) {
                        throw new AssertionError("nothing was found");
                    }
                    return System.nanoTime() - from;
                }));
            }
            long slowest = 0;
            for (var one : running) {
                slowest = Math.max(slowest, one.get());
            }
            return (double) slowest / OPERATIONS;
        }
    }

    private static double bytesPerCall(LongUnaryOperator work) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        if (work.applyAsLong(OPERATIONS) == 0) {
            throw new AssertionError("nothing was found");
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / OPERATIONS;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
