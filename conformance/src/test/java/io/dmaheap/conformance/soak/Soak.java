package io.dmaheap.conformance.soak;

import io.dmaheap.conformance.zoo.Installed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Runs two programs beside each other on one plugin directory, the second with few file descriptors, while an operator changes the
 * directory, a cleaner deletes temporary files, and peers misbehave.
 */
final class Soak {
    /** As a process gets by {@code ulimit -n}; the JVM itself needs about half of it. */
    private static final int FEW_DESCRIPTORS = 64;

    private static final int THREADS = 20;
    private static final int FEWER_THREADS = 12;
    private static final int MISDEEDS = 60;
    private static final String POLICY = "limit.plugin.call = 1s\n";

    /** What the programs may take beside their time, on a slow machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Installed installed;
    private final DocumentedCodes documented;
    private final Path work;
    private final Duration time;
    private final long seed;
    private final List<String> summary = new ArrayList<>();

    /**
     * A soak.
     *
     * @param installed the installed form
     * @param work an empty directory, whose path is short enough for sockets in it
     */
    Soak(Path installed, DocumentedCodes documented, Path work, Duration time, long seed) {
        this.installed = new Installed(installed);
        this.documented = documented;
        this.work = work.toAbsolutePath();
        this.time = time;
        this.seed = seed;
    }

    /**
     * Arguments: the installed form, the sources of the API, the seconds that it takes, and the seed, or nothing for any. Ends with 1 if
     * something was not as it should.
     */
    public static void main(String[] arguments) throws Exception {
        long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : System.nanoTime();
        Duration time = Duration.ofSeconds(Long.parseLong(arguments[2]));
        System.out.printf("soak: %d s, with the seed %d%n", time.toSeconds(), seed);
        Path work = Files.createTempDirectory("soak");
        List<String> complaints;
        try {
            var soak = new Soak(Path.of(arguments[0]), new DocumentedCodes(Path.of(arguments[1])), work, time, seed);
            complaints = soak.run();
            soak.summary.forEach(System.out::println);
        } finally {
            delete(work);
        }
        complaints.forEach(complaint -> System.out.println("WRONG " + complaint));
        System.out.println(
                complaints.isEmpty() ? "soak: as it should be" : "soak: " + complaints.size() + " wrong; seed " + seed);
        System.exit(complaints.isEmpty() ? 0 : 1);
    }

    /** What was wrong; empty if nothing was. */
    List<String> run() throws IOException, InterruptedException {
        Path plugins = Files.createDirectories(work.resolve("plugins"));
        installed.copyPlugins(plugins);
        Path policy = Files.writeString(work.resolve("policy"), POLICY);
        Map<String, List<byte[]>> jars = Jars.make(installed, Files.createDirectories(work.resolve("compiled")));
        var operator = new Operator(plugins, work, jars, seed);
        operator.begin();
        Path program = ProgramJar.write(work.resolve("program.jar"));
        var many = new Program("many", "poor", plugins, policy, THREADS, seed + 1);
        var poor = new Program("poor", "many", plugins, policy, FEWER_THREADS, seed + 1000);
        Process first = many.start(program, List.of());
        Process second =
                poor.start(program, List.of("/bin/sh", "-c", "ulimit -n " + FEW_DESCRIPTORS + " && exec \"$@\"", "sh"));
        var complaints = new ArrayList<String>();
        try {
            int cleaned = disturb(operator, program, List.of(many, poor), first, second);
            summary.add("  operator: " + operator.done() + ", cleaner: " + cleaned + " files deleted");
            if (cleaned == 0) {
                complaints.add("there was nothing for the cleaner");
            }
        } finally {
            for (Process process : List.of(first, second)) {
                process.destroyForcibly();
            }
        }
        for (Program each : List.of(many, poor)) {
            Verdict verdict = each.verdict();
            summary.add(each.name + ":");
            summary.addAll(verdict.summary());
            complaints.addAll(verdict.complaints(documented));
            if (!each.temporary().all().isEmpty()) {
                complaints.add(each.name + ": temporary files are left: "
                        + each.temporary().all());
            }
        }
        return complaints;
    }

    /** Until both have ended, or it takes too long; how many files the cleaner deleted. */
    private int disturb(Operator operator, Path program, List<Program> programs, Process first, Process second)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var random = new Random(seed);
        Process peer = null;
        int cleaned = 0;
        try {
            while ((first.isAlive() || second.isAlive())
                    && System.nanoTime() - begin < time.plus(PATIENCE).toNanos()) {
                operator.act();
                Program victim = programs.get(random.nextInt(programs.size()));
                cleaned += victim.temporary().clean(random);
                if (peer == null || !peer.isAlive()) {
                    peer = peer(program, victim.socket(), random.nextLong());
                }
            }
        } finally {
            if (peer != null) {
                peer.destroyForcibly();
                peer.waitFor(PATIENCE);
            }
        }
        return cleaned;
    }

    private Process peer(Path program, Path socket, long seedOfPeer) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        program.toString(),
                        Peer.class.getName(),
                        socket.toString(),
                        String.valueOf(seedOfPeer),
                        String.valueOf(MISDEEDS))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(work.resolve("peers").toFile()))
                .start();
    }

    static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** One program and its files. */
    private final class Program {
        private final String name;
        private final String other;
        private final Path plugins;
        private final Path policy;
        private final int threads;
        private final long seedOfProgram;

        Program(String name, String other, Path plugins, Path policy, int threads, long seedOfProgram) {
            this.name = name;
            this.other = other;
            this.plugins = plugins;
            this.policy = policy;
            this.threads = threads;
            this.seedOfProgram = seedOfProgram;
        }

        private Path file(String kind) {
            return work.resolve(name + "-" + kind);
        }

        Path socket() {
            return file("socket");
        }

        TemporaryFiles temporary() {
            return new TemporaryFiles(file("tmp"));
        }

        Process start(Path program, List<String> before) throws IOException {
            Files.createDirectories(file("tmp"));
            var command = new ArrayList<>(before);
            command.addAll(installed.command(
                    List.of("-Xmx256m", "-Djava.io.tmpdir=" + file("tmp")),
                    program,
                    Workload.class,
                    plugins.toString(),
                    policy.toString(),
                    socket().toString(),
                    work.resolve(other + "-socket").toString(),
                    String.valueOf(time.toMillis()),
                    String.valueOf(threads),
                    String.valueOf(seedOfProgram),
                    file("report").toString()));
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(file("printed").toFile())
                    .start();
        }

        Verdict verdict() throws IOException {
            if (Files.exists(file("report"))) {
                return new Verdict(name, Files.readAllLines(file("report")));
            }
            String printed = Files.readString(file("printed"), StandardCharsets.UTF_8);
            return new Verdict(
                    name,
                    List.of("escaped\tthe program\tit wrote no report; it printed "
                            + printed.substring(Math.max(0, printed.length() - 4000))
                                    .replace('\n', ' ')));
        }
    }
}
