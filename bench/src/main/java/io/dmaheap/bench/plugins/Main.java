package io.dmaheap.bench.plugins;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Opens heaps with a directory of plugin jars, and loads the same jars with PF4J's own manager and a service loader for each. Both start
 * cold in a process of their own, and take turns in one run.
 *
 * <p>Usage: {@code bench/run plugins [ROUNDS [COUNT...]]}; without arguments 15 rounds with 50 and 200 jars.
 */
public final class Main {
    private Main() {}

    /**
     * One measurement of a child.
     *
     * @param nanos how long loading took
     * @param processor nanoseconds of processor time that it took, of all threads
     * @param resident KiB of resident memory afterwards
     */
    private record Sample(double nanos, double processor, double resident) {}

    /** Prints a line for each count, then the memory that a further jar costs. */
    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        List<Integer> counts = args.length > 1
                ? Arrays.stream(args).skip(1).map(Integer::valueOf).toList()
                : List.of(50, 200);
        List<String> modules = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        !entry.endsWith(Path.of("bench", "target", "classes").toString()))
                .toList();
        Path work = Files.createTempDirectory("dmaheap-plugins-bench");
        List<Double> residents = new ArrayList<>();
        try {
            System.out.printf(
                    "%-6s %14s %14s %7s %14s %14s %7s%n",
                    "jars", "PF4J ms", "dmaheap ms", "ratio", "PF4J CPU", "dmaheap CPU", "ratio");
            for (int count : counts) {
                Path directory = Files.createDirectory(work.resolve(Integer.toString(count)));
                new SamplePlugins(String.join(File.pathSeparator, modules)).write(directory, count);
                residents.add(compare(directory, count, rounds, modules));
            }
            for (int i = 1; i < counts.size(); i++) {
                double further = (residents.get(i) - residents.get(i - 1)) / (counts.get(i) - counts.get(i - 1));
                System.out.printf(
                        "resident memory for each jar from %d to %d: %.2f MiB%n",
                        counts.get(i - 1), counts.get(i), further / 1024);
            }
        } finally {
            SamplePlugins.delete(work);
        }
    }

    private static double compare(Path directory, int count, int rounds, List<String> modules) throws IOException {
        List<Sample> plain = new ArrayList<>();
        List<Sample> ours = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            plain.add(child("pf4j", directory, count, modules));
            ours.add(child("dmaheap", directory, count, modules));
        }
        System.out.printf(
                "%-6d %14.0f %14.0f %7.2f %14.0f %14.0f %7.2f%n",
                count,
                median(plain, Sample::nanos) / 1e6,
                median(ours, Sample::nanos) / 1e6,
                ratio(ours, plain, Sample::nanos),
                median(plain, Sample::processor) / 1e6,
                median(ours, Sample::processor) / 1e6,
                ratio(ours, plain, Sample::processor));
        return median(ours, Sample::resident);
    }

    private static Sample child(String side, Path directory, int count, List<String> modules) throws IOException {
        String separator = File.pathSeparator;
        String bench = Arrays.stream(System.getProperty("java.class.path").split(separator))
                .filter(entry -> !modules.contains(entry))
                .findFirst()
                .orElseThrow();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        // PF4J's loaders find the API on the class path, as a project without modules has it.
        if (side.equals("pf4j")) {
            command.addAll(List.of("-cp", bench + separator + String.join(separator, modules)));
        } else {
            command.addAll(List.of(
                    "--module-path",
                    String.join(separator, modules),
                    "--add-modules",
                    "ALL-MODULE-PATH",
                    "--enable-native-access=ALL-UNNAMED,io.dmaheap.linux,io.dmaheap.core,io.dmaheap.emulator",
                    "-cp",
                    bench));
        }
        command.addAll(List.of(Loading.class.getName(), side, directory.toString(), Integer.toString(count)));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String[] line = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        if (line.length != 3) {
            throw new IOException("a child failed: " + String.join(" ", command));
        }
        return new Sample(Double.parseDouble(line[0]), Double.parseDouble(line[1]), Double.parseDouble(line[2]));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().mapToDouble(value).sorted().toArray()[samples.size() / 2];
    }

    private static double ratio(List<Sample> above, List<Sample> below, ToDoubleFunction<Sample> value) {
        return java.util.stream.IntStream.range(0, above.size())
                .mapToDouble(i -> value.applyAsDouble(above.get(i)) / value.applyAsDouble(below.get(i)))
                .sorted()
                .toArray()[above.size() / 2];
    }
}
