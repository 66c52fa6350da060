package io.dmaheap.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command without a subcommand, and how the subcommands hang together. */
@Command(
        abbreviateSynopsis = true,
        name = "dmaheap",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        description = "DMA-BUF heaps: see them, allocate from them, play video and camera workloads on them.",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "First steps:",
            "  dmaheap list                                    which heaps are here",
            "  dmaheap doctor                                  what is missing, and how to mend it",
            "  dmaheap alloc --size 8M --heap auto --explain   one buffer, step by step",
            "  dmaheap play decode-1080p                       ten seconds of a video decoder",
            "",
            "`dmaheap help COMMAND` and `dmaheap COMMAND --help` explain a command.",
            "Exit status: 0 all is well, 1 a problem was found, 2 wrong call or cannot work here."
        })
final class Dmaheap implements Callable<Integer> {
    /** picocli lays out no less. */
    private static final int NARROWEST_HELP = 55;

    private static final int WIDEST_HELP = 110;

    /** In the order in which the help lists them. */
    private static final SequencedMap<String, Function<Invocation, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("list", ListCommand::new);
        COMMANDS.put("show", ShowCommand::new);
        COMMANDS.put("await", AwaitCommand::new);
        COMMANDS.put("alloc", AllocCommand::new);
        COMMANDS.put("play", PlayCommand::new);
        COMMANDS.put("fit", FitCommand::new);
        COMMANDS.put("board", BoardCommand::new);
        COMMANDS.put("map", MapCommand::new);
        COMMANDS.put("devices", DevicesCommand::new);
        COMMANDS.put("dump", DumpCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("plugin", PluginCommand::commandLine);
        COMMANDS.put("share", ShareCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
        COMMANDS.put("manual", ManualCommand::new);
    }

    @Mixin
    private final Invocation invocation;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    private Dmaheap(Invocation invocation) {
        this.invocation = invocation;
    }

    /** The commands, in the order of the help. */
    static List<String> names() {
        return List.copyOf(COMMANDS.keySet());
    }

    /** Every command, to describe them. */
    static CommandLine withAllCommands(Invocation invocation) {
        var command = new CommandLine(new Dmaheap(invocation));
        COMMANDS.forEach((name, make) -> command.addSubcommand(name, make.apply(invocation)));
        return command;
    }

    /**
     * Executes a call. picocli reads the description of a command by reflection, which for all of them takes longer than most calls, so
     * a call that begins with its command makes that one only.
     *
     * @return the exit status
     */
    static int execute(Invocation invocation, String... typed) {
        String[] arguments = withoutHelpWord(typed);
        var command = new CommandLine(new Dmaheap(invocation));
        boolean named = arguments.length > 0 && COMMANDS.containsKey(arguments[0]);
        COMMANDS.forEach((name, make) -> {
            if (!named || name.equals(arguments[0])) {
                command.addSubcommand(name, make.apply(invocation));
            }
        });
        var complaints = new Complaints(invocation);
        return command.setOut(invocation.out().forHelp())
                .setErr(invocation.err().forHelp())
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(invocation.screen().lively() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(invocation.screen().columns(), NARROWEST_HELP, WIDEST_HELP))
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler(complaints)
                .setParameterExceptionHandler(complaints)
                .execute(arguments);
    }

    /** {@code help COMMAND} is {@code COMMAND --help}; what is no command is refused as if it were typed alone. */
    private static String[] withoutHelpWord(String[] typed) {
        if (typed.length == 0 || !typed[0].equals("help")) {
            return typed;
        }
        String[] asked = Arrays.copyOfRange(typed, 1, typed.length + 1);
        asked[typed.length - 1] = "--help";
        boolean known = typed.length == 1 || COMMANDS.containsKey(typed[1]);
        return known ? asked : Arrays.copyOf(asked, 1);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(invocation.err().forHelp());
        return ExitStatus.CANNOT_WORK;
    }
}
