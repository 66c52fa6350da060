package io.dmaheap.bench.restricted;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What the frame of restricted heaps adds to allocating and closing a buffer: the same memory through the frame and without it, on the
 * emulator. The two take turns in one run.
 *
 * <p>Usage: {@code bench/run restricted}.
 */
public final class Main {
    private static final int ROUNDS = 41;
    private static final int OPERATIONS = 10_000;
    private static final int WARM_UP = 100_000;
    private static final long SIZE = 64 << 10;

    private Main() {}

    /** Prints a line. */
    public static void main(String[] args) {
        try (var heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"));
                var plain = heaps.find(Twins.PLAIN).orElseThrow();
                var restricted = heaps.find(Twins.RESTRICTED).orElseThrow()) {
            allocateAndClose(plain, WARM_UP);
            allocateAndClose(restricted, WARM_UP);
            List<Long> without = new ArrayList<>();
            List<Long> with = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                without.add(allocateAndClose(plain, OPERATIONS));
                with.add(allocateAndClose(restricted, OPERATIONS));
            }
            System.out.printf(
                    "allocate+close, median of %d: plain %d ns, through the frame %d ns, difference %d ns, ratio %.2f%n",
                    ROUNDS,
                    median(without),
                    median(with),
                    median(with) - median(without),
                    (double) median(with) / median(without));
        }
    }

    private static long allocateAndClose(Heap heap, int times) {
        long from = System.nanoTime();
        for (int i = 0; i < times; i++) {
            heap.allocate(SIZE).close();
        }
        return (System.nanoTime() - from) / times;
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
