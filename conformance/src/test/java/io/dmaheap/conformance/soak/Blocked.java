package io.dmaheap.conformance.soak;

import io.dmaheap.conformance.zoo.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs {@link Bystander}: how long allocations wait while a plugin that they have nothing to do with blocks. */
final class Blocked {
    private static final String POLICY = "limit.plugin.call = 1s\n";
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private final Installed installed;
    private final Path work;
    private final Duration standing;

    /**
     * A measurement.
     *
     * @param work an empty directory
     * @param standing how long the plugin stands in each callback
     */
    Blocked(Path installed, Path work, Duration standing) {
        this.installed = new Installed(installed);
        this.work = work.toAbsolutePath();
        this.standing = standing;
    }

    /**
     * What came of one callback.
     *
     * @param stood whether the plugin stood there
     * @param allocations how many there were meanwhile
     * @param longest what the longest of them took, in microseconds
     * @param waited the longest time in which one neither ran nor was kept from running by other programs, in microseconds
     */
    record Wait(String callback, boolean stood, long allocations, long longest, long waited) {
        private static Wait parse(String line) {
            String[] words = line.split("\t");
            return new Wait(
                    words[1],
                    Boolean.parseBoolean(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]));
        }
    }

    /** Arguments: the installed form. Prints a line for each callback; ends with 1 if the plugin did not stand in one of them. */
    public static void main(String[] arguments) throws Exception {
        Path work = Files.createTempDirectory("blocked");
        List<Wait> waits;
        try {
            waits = new Blocked(Path.of(arguments[0]), work, Duration.ofSeconds(2)).measure();
        } finally {
            Soak.delete(work);
        }
        System.out.printf("%-16s %12s %14s %14s%n", "blocks in", "allocations", "longest, us", "waited, us");
        waits.forEach(wait -> System.out.printf(
                "%-16s %12d %14d %14d%s%n",
                wait.callback(),
                wait.allocations(),
                wait.longest(),
                wait.waited(),
                wait.stood() || wait.callback().equals(Bystander.NOWHERE) ? "" : "  did not block"));
        System.exit(
                waits.stream().allMatch(wait -> wait.stood() || wait.callback().equals(Bystander.NOWHERE)) ? 0 : 1);
    }

    /** The waits, the first with no plugin that blocks. */
    List<Wait> measure() throws IOException, InterruptedException {
        Path plugins = Files.createDirectories(work.resolve("plugins"));
        Path temporary = Files.createDirectories(work.resolve("tmp"));
        installed.copyPlugins(plugins);
        Path jar = Files.write(work.resolve("blocked.jar"), Jars.blocking(installed, work.resolve("compiled")));
        Path report = work.resolve("report");
        Path printed = work.resolve("printed");
        Process process = new ProcessBuilder(installed.command(
                        List.of("-Xmx256m", "-Djava.io.tmpdir=" + temporary),
                        ProgramJar.write(work.resolve("program.jar")),
                        Bystander.class,
                        plugins.toString(),
                        jar.toString(),
                        Files.writeString(work.resolve("policy"), POLICY).toString(),
                        String.valueOf(standing.toMillis()),
                        report.toString()))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            process.waitFor(PATIENCE);
        } finally {
            process.destroyForcibly();
        }
        if (!Files.exists(report)) {
            throw new IllegalStateException("the program wrote no report; it printed " + Files.readString(printed));
        }
        var waits = new ArrayList<Wait>();
        Files.readAllLines(report).forEach(line -> waits.add(Wait.parse(line)));
        return waits;
    }
}
