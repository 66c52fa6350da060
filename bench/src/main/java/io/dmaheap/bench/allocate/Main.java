package io.dmaheap.bench.allocate;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Allocation through the whole public API against the C program that makes the same system calls. The two take turns, round by round
 * in one boot, so that whatever else slows the machine slows both; the ratio of the medians is the result.
 *
 * <p>Usage: {@code bench/vm allocate}: it needs a real heap. Arguments: the C program, and a heap if not {@code system}.
 */
public final class Main {
    private static final int ROUNDS = 15;
    private static final int PAGE = 4096;
    /** Enough for the second compiler to have seen everything. */
    private static final int WARM_UP = 30_000;

    private record Case(String name, long size, int operations, boolean touching) {}

    private static final List<Case> CASES = List.of(
            new Case("4 KiB allocate+close", 4096, 2000, false),
            new Case("1 MiB allocate+close", 1 << 20, 300, false),
            new Case("4 KiB allocate+map+touch+close", 4096, 1000, true),
            new Case("1 MiB allocate+map+touch+close", 1 << 20, 150, true));

    private Main() {}

    /** Runs all cases and prints a line each. */
    public static void main(String[] args) {
        String baseline = args[0];
        String heapName = args.length > 1 ? args[1] : "system";
        try (var heaps = Heaps.open();
                var heap = heaps.find(heapName).orElseThrow()) {
            String node = heap.info().node().orElseThrow().path();
            warmUp(heap);
            System.out.printf("%-32s %10s %10s %7s%n", "ns per operation, median of " + ROUNDS, "C", "Java", "ratio");
            for (Case one : CASES) {
                List<Long> c = new ArrayList<>();
                List<Long> java = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    c.add(baseline(baseline, node, one));
                    java.add(java(heap, one));
                }
                System.out.printf(
                        "%-32s %10d %10d %7.2f%n",
                        one.name(), median(c), median(java), (double) median(java) / median(c));
            }
        }
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

    private static long baseline(String program, String node, Case one) {
        List<String> command = new ArrayList<>(
                List.of(program, node, Long.toString(one.size()), "1", Integer.toString(one.operations())));
        if (one.touching()) {
            command.add("touch");
        }
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String line =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
            return Long.parseLong(line.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
