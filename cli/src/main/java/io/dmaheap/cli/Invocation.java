package io.dmaheap.cli;

import static picocli.CommandLine.ScopeType.INHERIT;

import io.dmaheap.Finding;
import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Printer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** One call of the command: the machine, where to write, and the options that every subcommand has. */
final class Invocation {
    private static final String EMULATOR = "emulator";

    /**
     * How long a call into a plugin may take: short, since a person waits for one that hangs when it is started, another that hangs
     * when it is stopped, and hooks; but longer on a machine that took long to come as far as opening the heaps, and never longer than
     * programs wait.
     */
    private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(2);

    private static final Duration LONGEST_LIMIT = Duration.ofSeconds(10);

    private static final int LIMIT_PER_START = 16;

    private final long begun = System.nanoTime();

    private final Machine machine;
    private final Printer out;
    private final Printer err;
    private final Screen screen;

    @Option(
            names = {"-h", "--help"},
            scope = INHERIT,
            usageHelp = true,
            description = "Show this.")
    private boolean help;

    @Option(
            names = "--platform",
            scope = INHERIT,
            paramLabel = "NAME",
            description = "Where memory comes from: linux or emulator. Without it, the best of this machine.")
    private @Nullable String platform;

    @Option(
            names = "--plugins",
            scope = INHERIT,
            paramLabel = "DIR",
            description = "Load the plugins of this folder instead of the installed ones.")
    private @Nullable Path plugins;

    @Option(
            names = "--policy",
            scope = INHERIT,
            paramLabel = "FILE",
            description = "Read aliases, limits and settings from this file.")
    private @Nullable Path policy;

    @Option(
            names = "--board",
            scope = INHERIT,
            paramLabel = "FILE",
            description =
                    "Emulate the board of this device tree: a .dtb, a .dts, or a folder such as /proc/device-tree.")
    private @Nullable Path board;

    @Option(
            names = {"-j", "--json"},
            scope = INHERIT,
            description = "Print JSON, as docs/json.md describes it.")
    private boolean json;

    @Option(
            names = "--stacktrace",
            scope = INHERIT,
            description = "On failure, also print where in the program it happened.")
    private boolean stacktrace;

    Invocation(Machine machine, PrintWriter out, PrintWriter err, Screen screen) {
        this.machine = machine;
        this.out = new Printer(out, screen.lineLength());
        this.err = new Printer(err, Integer.MAX_VALUE);
        this.screen = screen;
    }

    /** Opens the heaps as the options say: to look at them, whether or not one of them can be used. */
    Heaps open() {
        return machine.open(options());
    }

    /** As {@link #open}, and follows what comes and goes in the plugin directory, if there is one. */
    Heaps openWatched() {
        HeapsOptions options = options();
        return machine.open(options.plugins().isPresent() ? options.withPluginsWatched() : options);
    }

    /** Opens without running any code of a plugin, so without heaps. */
    Heaps openWithoutStart() {
        return machine.open(options().withoutStart());
    }

    /**
     * Opens heaps to allocate from: as {@link #open}, or where this user may open no heap of the kernel, and asked for no platform, those
     * of the emulator. Unlike a program, who reads the first line learns which it is.
     */
    Heaps openToAllocate() {
        Heaps heaps = open();
        if (options().platform().isPresent() || heaps.platform().name().equals(EMULATOR) || !allRefused(heaps)) {
            return heaps;
        }
        String reason = heaps.platform().reason();
        heaps.close();
        err.line("dmaheap: this runs on the emulator, since no heap of the kernel can be used: " + reason
                + ". `dmaheap list` shows them, and `--platform linux` insists on them");
        return machine.open(options().withPlatform(EMULATOR));
    }

    private static boolean allRefused(Heaps heaps) {
        List<HeapInfo> all = heaps.heaps();
        return !all.isEmpty() && all.stream().noneMatch(heap -> heap.openable().yes());
    }

    /** Opens the heaps of an emulated board. */
    Heaps openOn(Path tree) {
        if (board != null) {
            throw new MisuseException("this command makes its own boards, so it takes no --board");
        }
        return machine.open(onBoard(options(), tree));
    }

    List<Finding> diagnose() {
        return machine.diagnose(options());
    }

    private HeapsOptions options() {
        HeapsOptions options = HeapsOptions.defaults().withFallback("limit.plugin.call", limit().toMillis() + "ms");
        if (platform != null) {
            options = options.withPlatform(platform);
        }
        if (plugins != null) {
            options = options.withPlugins(plugins);
        }
        if (policy != null) {
            options = options.withPolicy(policy);
        }
        if (board != null) {
            options = onBoard(options, board);
        }
        return options;
    }

    private Duration limit() {
        return limit(Duration.ofNanos(System.nanoTime() - begun));
    }

    static Duration limit(Duration start) {
        Duration slow = start.multipliedBy(LIMIT_PER_START);
        return slow.compareTo(SHORTEST_LIMIT) < 0
                ? SHORTEST_LIMIT
                : slow.compareTo(LONGEST_LIMIT) > 0 ? LONGEST_LIMIT : slow;
    }

    private static HeapsOptions onBoard(HeapsOptions options, Path tree) {
        String platform = options.platform().orElse(EMULATOR);
        if (!platform.equals(EMULATOR)) {
            throw new MisuseException("--board is for the emulator, and --platform is " + platform);
        }
        return options.withPlatform(platform).withSetting("platform.emulator.board", tree.toString());
    }

    /** Takes a reference to a heap, or fails with the names that come near. */
    static Heap find(Heaps heaps, String name) {
        if (name.isBlank()) {
            throw new MisuseException("the name of the heap is empty; `dmaheap list` shows the names");
        }
        return heaps.heap(name);
    }

    /** For results. */
    Printer out() {
        return out;
    }

    /** For all that is no result. */
    Printer err() {
        return err;
    }

    /** Where results are shown. */
    Screen screen() {
        return screen;
    }

    boolean json() {
        return json;
    }

    boolean stacktrace() {
        return stacktrace;
    }

    /** Prints the result for programs. */
    void print(JsonObject object) {
        out.json(object);
    }
}
