package io.dmaheap.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A C program that does what a benchmark does in Java. The two take turns, round by round in one run, so that whatever else slows the
 * machine slows both; the result is the median of the ratios of the rounds, which a slow spell of the machine moves least.
 */
public record Baseline(String program) {
    /** How often each side has its turn. */
    public static final int ROUNDS = 25;

    /**
     * Measures both sides and prints a line.
     *
     * @param what is done
     * @param java does it in Java and tells the nanoseconds of one operation
     * @param arguments make the program do it once and print the nanoseconds of one operation
     */
    public void compare(String what, LongSupplier java, String... arguments) {
        List<Double> inC = new ArrayList<>();
        List<Double> inJava = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            inC.add((double) nanos(arguments));
            inJava.add((double) java.getAsLong());
            ratios.add(inJava.getLast() / inC.getLast());
        }
        System.out.printf("%-36s %10.0f %10.0f %7.2f%n", what, median(inC), median(inJava), median(ratios));
    }

    /** Prints what the lines of {@link #compare} show. */
    public static void printHeader() {
        System.out.printf("%-36s %10s %10s %7s%n", "ns per operation, medians of " + ROUNDS, "C", "Java", "ratio");
    }

    private long nanos(String... arguments) {
        try {
            var process = new ProcessBuilder(Stream.concat(Stream.of(program), Stream.of(arguments))
                            .toList())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Long.parseLong(line.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
