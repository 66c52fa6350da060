package io.dmaheap.bench.frame;

import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.bench.Baseline;

/**
 * Allocating and closing a frame of 1080p video on the emulator, through the whole public API, against a C program that makes a memory
 * file of that size and closes it.
 *
 * <p>Usage: {@code bench/run frame}. Arguments: the C program.
 */
public final class Main {
    /** 1920 x 1088 pixels of NV12. */
    private static final long FRAME = 3_133_440;

    private static final int OPERATIONS = 20_000;
    /** Enough for the second compiler to have seen everything. */
    private static final int WARM_UP = 100_000;

    private Main() {}

    /** Prints a line for each heap. */
    public static void main(String[] args) {
        var c = new Baseline(args[0]);
        try (var heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"))) {
            Baseline.printHeader();
            for (String name : new String[] {"system", "default_cma_region"}) {
                try (var heap = heaps.find(name).orElseThrow()) {
                    allocateAndClose(heap, WARM_UP);
                    c.compare(
                            name + " allocate+close",
                            () -> allocateAndClose(heap, OPERATIONS),
                            Long.toString(FRAME),
                            "1",
                            Integer.toString(OPERATIONS));
                }
            }
        }
    }

    private static long allocateAndClose(Heap heap, int times) {
        long from = System.nanoTime();
        for (int i = 0; i < times; i++) {
            heap.allocate(FRAME).close();
        }
        return (System.nanoTime() - from) / times;
    }
}
