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
 * machine slows both; the ratio of the medians is the result.
 */
public record Baseline(String program) {
    /** How often each side has its turn. */
    public static final int ROUNDS = 15;

    /**
     * Measures both sides and prints a line.
     *
     * @param what is done
     * @param java does it in Java and tells the nanoseconds of one operation
     * @param arguments make the program do it once and print the nanoseconds of one operation
     */
    public void compare(String what, LongSupplier java, String... arguments) {
        List<Long> inC = new ArrayList<>();
        List<Long> inJava = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            inC.add(nanos(arguments));
            inJava.add(java.getAsLong());
        }
        System.out.printf(
                "%-36s %10d %10d %7.2f%n", what, median(inC), median(inJava), (double) median(inJava) / median(inC));
    }

    /** Prints what the lines of {@link #compare} show. */
    public static void printHeader() {
        System.out.printf("%-36s %10s %10s %7s%n", "ns per operation, median of " + ROUNDS, "C", "Java", "ratio");
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

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
