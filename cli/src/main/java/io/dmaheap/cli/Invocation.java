package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import io.dmaheap.Finding;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.cli.output.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One call of the command: the machine, where to write, and the options that every subcommand has. */
final class Invocation {
    private final Machine machine;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;

    private HeapsOptions options = HeapsOptions.defaults();
    private boolean json;
    private boolean stacktrace;
    private boolean help;
    private boolean version;

    Invocation(Machine machine, PrintWriter out, PrintWriter err, boolean terminal) {
        this.machine = machine;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** The options that every command has. */
    Syntax syntax() {
        return new Syntax("dmaheap", "")
                .option(
                        "--platform",
                        "NAME",
                        "Where memory comes from: linux or emulator. Without it, the best of this machine.",
                        name -> options = options.withPlatform(name))
                .option(
                        "--plugins",
                        "DIR",
                        "Load the plugins of this folder instead of the installed ones.",
                        folder -> options = options.withPlugins(Path.of(folder)))
                .option(
                        "--policy",
                        "FILE",
                        "Read aliases, limits and settings from this file.",
                        file -> options = options.withPolicy(Path.of(file)))
                .flag("--json", "Print JSON, as docs/json.md describes it.", () -> json = true)
                .flag(
                        "--stacktrace",
                        "On failure, also print where in the program it happened.",
                        () -> stacktrace = true)
                .flag("--help", "Explain the command.", () -> help = true)
                .flag("--version", "Print the version.", () -> version = true);
    }

    /** Opens the heaps as the options say. */
    Heaps open() {
        return machine.open(options);
    }

    List<Finding> diagnose() {
        return machine.diagnose(options);
    }

    /** Takes a reference to a heap, or fails with the names that come near. */
    static Heap find(Heaps heaps, String name) {
        return heaps.find(name).orElseGet(() -> awaitOrFail(heaps, name));
    }

    private static Heap awaitOrFail(Heaps heaps, String name) {
        try {
            return heaps.await(name, Duration.ZERO);
        } catch (HeapException e) {
            if (e.code() != ErrorCode.TIMED_OUT) {
                throw e;
            }
            throw HeapException.of(ErrorCode.HEAP_NOT_FOUND, "there is no heap " + name)
                    .hint(e.hint().orElse("try: dmaheap list"))
                    .build();
        }
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    /** Whether somebody watches, who may like colours and a line that moves. */
    boolean terminal() {
        return terminal;
    }

    boolean json() {
        return json;
    }

    boolean helpWanted() {
        return help;
    }

    boolean versionWanted() {
        return version;
    }

    boolean stacktrace() {
        return stacktrace;
    }

    /** Prints the result for programs. */
    void print(JsonObject object) {
        out.print(object.text());
    }
}
