package io.dmaheap.bench.allocate;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.bench.Baseline;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;

/**
 * Allocation through the whole public API against the C program that makes the same system calls; and at last those calls in Java with
 * nothing around them, which is the least that the API could take.
 *
 * <p>Usage: {@code bench/vm allocate}: it needs a real heap. Arguments: the C program, and a heap if not {@code system}.
 */
public final class Main {
    private static final int PAGE = 4096;
    /** Enough for the second compiler to have seen everything. */
    private static final int WARM_UP = 300_000;

    private record Case(String name, long size, int operations, boolean touching) {}

    private static final List<Case> CASES = List.of(
            new Case("4 KiB allocate+close", 4096, 10000, false),
            new Case("1 MiB allocate+close", 1 << 20, 300, false),
            new Case("4 KiB allocate+map+touch+close", 4096, 5000, true),
            new Case("1 MiB allocate+map+touch+close", 1 << 20, 150, true));

    private Main() {}

    /** Runs all cases and prints a line each. */
    public static void main(String[] args) {
        var c = new Baseline(args[0]);
        String heapName = args.length > 1 ? args[1] : "system";
        try (var heaps = Heaps.open();
                var heap = heaps.find(heapName).orElseThrow()) {
            String node = heap.info().node().orElseThrow().path();
            warmUp(heap);
            Baseline.printHeader();
            for (Case one : CASES) {
                c.compare(one.name(), () -> java(heap, one), arguments(node, one));
            }
            compareBareCalls(c, node);
        }
    }

    private static void compareBareCalls(Baseline c, String node) {
        Case one = CASES.getFirst();
        try (var calls = new BareCalls(node)) {
            bare(calls, one.size(), WARM_UP);
            c.compare(
                    one.name() + ", bare calls", () -> bare(calls, one.size(), one.operations()), arguments(node, one));
        }
    }

    private static long bare(BareCalls calls, long size, int operations) {
        long from = System.nanoTime();
        for (int i = 0; i < operations; i++) {
            calls.run(size);
        }
        return (System.nanoTime() - from) / operations;
    }

    private static String[] arguments(String node, Case one) {
        var all = Stream.of(node, Long.toString(one.size()), "1", Integer.toString(one.operations()));
        return Stream.concat(all, one.touching() ? Stream.of("touch") : Stream.empty())
                .toArray(String[]::new);
    }

    private static void warmUp(Heap heap) {
        for (Case one : CASES) {
            int times = (int) Math.max(200, WARM_UP / (one.size() / PAGE));
            java(heap, new Case(one.name(), one.size(), times, one.touching()));
        }
    }

    private static long java(Heap heap, Case one) {
        long from = System.nanoTime();
        for (int i = 0; i < one.operations(); i++) {
            try (DmaBuf buffer = heap.allocate(one.size())) {
                if (one.touching()) {
                    touch(buffer);
                }
            }
        }
        return (System.nanoTime() - from) / one.operations();
    }

    private static void touch(DmaBuf buffer) {
        try (var access = buffer.write()) {
            MemorySegment memory = access.segment();
            for (long i = 0; i < memory.byteSize(); i += PAGE) {
                memory.set(ValueLayout.JAVA_BYTE, i, (byte) 1);
            }
        }
    }
}
