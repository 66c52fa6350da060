package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The device tree compiler, the judge of what a tree is. */
final class Dtc {
    static final String MISSING =
            "dtc is missing, so nothing was compared with it. Install it (Debian: apt-get install device-tree-compiler)";

    private final Path program;

    private Dtc(Path program) {
        this.program = program;
    }

    /** The compiler of this machine. Without one a test fails in CI, and is reported as not run, with the reason, elsewhere. */
    static Dtc require() {
        return require(onPath("dtc"), System.getenv("CI") != null);
    }

    static Dtc require(Optional<Path> program, boolean ci) {
        if (program.isEmpty() && ci) {
            Assertions.fail(MISSING);
        }
        Assumptions.assumeTrue(program.isPresent(), MISSING);
        return new Dtc(program.orElseThrow());
    }

    byte[] compile(String source, Path directory) throws IOException, InterruptedException {
        var in = Files.writeString(directory.resolve("in.dts"), source);
        var out = directory.resolve("out.dtb");
        run(directory, "-q", "-I", "dts", "-O", "dtb", "-o", out.toString(), in.toString());
        return Files.readAllBytes(out);
    }

    String decompile(byte[] blob, Path directory) throws IOException, InterruptedException {
        var in = Files.write(directory.resolve("in.dtb"), blob);
        var out = directory.resolve("out.dts");
        run(directory, "-q", "-I", "dtb", "-O", "dts", "-o", out.toString(), in.toString());
        return Files.readString(out);
    }

    private void run(Path directory, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(Arrays.asList(arguments));
        command.addFirst(program.toString());
        var log = directory.resolve("dtc.log").toFile();
        Process dtc = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        boolean ended = dtc.waitFor(1, TimeUnit.MINUTES);
        dtc.destroyForcibly();
        assertThat(ended).as("dtc said: %s", Files.readString(log.toPath())).isTrue();
        assertThat(dtc.exitValue())
                .as("dtc said: %s", Files.readString(log.toPath()))
                .isZero();
    }

    private static Optional<Path> onPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
