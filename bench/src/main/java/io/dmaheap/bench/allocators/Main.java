package io.dmaheap.bench.allocators;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** {@code bench/run allocators [ORDER...]}: compares on ranges of {@code 2^ORDER} pages. */
final class Main {
    private static final long SEED = Long.getLong("dmaheap.seed", 1);
    private static final int ROUNDS = 5;
    private static final long WARM_UP_NANOS = 150_000_000;

    private final Contestant c;
    private final Contestant scan = new BitmapScan();
    private final Contestant ours = new Ours();
    private final List<String> losses = new ArrayList<>();

    private Main(Path program) {
        c = new CProgram(program);
    }

    /** Arguments: the C program, then orders of pages, 12, 16, 20 and 24 if there are none. */
    public static void main(String[] arguments) {
        int[] orders = arguments.length > 1
                ? IntStream.range(1, arguments.length)
                        .map(i -> Integer.parseInt(arguments[i]))
                        .toArray()
                : new int[] {12, 16, 20, 24};
        new Main(Path.of(arguments[0])).compare(orders);
    }

    private void compare(int[] orders) {
        System.out.printf(
                "seed %d; ns of processor time per operation, half of them frees, median of %d paired rounds%n%n",
                SEED, ROUNDS);
        System.out.printf(
                "%-34s %6s %10s %10s %10s %8s %8s %6s%n",
                "trace", "pages", "C bitmap", "Java scan", "dmaheap", "C/ours", "scan/ours", "failed");
        for (int order : orders) {
            int pages = 1 << order;
            int operations = order < 22 ? 20_000 : 4_000;
            for (Rule rule : Rule.values()) {
                for (double occupancy : new double[] {0.5, 0.9, 0.99}) {
                    row(
                            rule.title + ", random at " + Math.round(occupancy * 100) + " %",
                            RandomLoad.trace(rule, pages, occupancy, operations, SEED));
                }
            }
            for (Profile profile : Profile.ALL) {
                if (ProfileLoad.fits(profile, pages)) {
                    row("cma, " + profile.title(), ProfileLoad.trace(profile, Rule.CMA, pages, operations, SEED));
                }
            }
        }
        System.out.printf("%nAll contestants put every request at the same place.%n");
        if (!losses.isEmpty()) {
            System.out.printf("Slower than a scan from 2^16 pages up: %s%n", String.join("; ", losses));
        }
    }

    private void row(String title, Trace trace) {
        Result expected = c.run(trace);
        check(title, expected, warmUp(scan, trace));
        check(title, expected, warmUp(ours, trace));
        double[] inC = new double[ROUNDS];
        double[] inJava = new double[ROUNDS];
        double[] inOurs = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            inC[round] = c.run(trace).nanosPerOperation();
            inJava[round] = scan.run(trace).nanosPerOperation();
            inOurs[round] = ours.run(trace).nanosPerOperation();
        }
        double faster = median(ratios(inC, inOurs));
        double fasterThanScan = median(ratios(inJava, inOurs));
        System.out.printf(
                Locale.ROOT,
                "%-34s %6s %10.1f %10.1f %10.1f %8.2f %8.2f %6d%n",
                title,
                "2^" + Integer.numberOfTrailingZeros(trace.size()),
                median(inC),
                median(inJava),
                median(inOurs),
                faster,
                fasterThanScan,
                expected.failures());
        if (Math.min(faster, fasterThanScan) < 1 && trace.size() >= 1 << 16) {
            losses.add(title + " (" + trace.size() + " pages)");
        }
    }

    private static Result warmUp(Contestant contestant, Trace trace) {
        Result result = contestant.run(trace);
        for (long used = result.nanos(); used < WARM_UP_NANOS; used += result.nanos()) {
            result = contestant.run(trace);
        }
        return result;
    }

    private static void check(String title, Result expected, Result actual) {
        if (!actual.agrees(expected)) {
            throw new IllegalStateException(title + ": placed " + actual + ", but the C program " + expected);
        }
    }

    private static double[] ratios(double[] numerators, double[] denominators) {
        return IntStream.range(0, numerators.length)
                .mapToDouble(i -> numerators[i] / denominators[i])
                .toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
