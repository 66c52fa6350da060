package io.dmaheap.cli;

import java.util.concurrent.Callable;
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
            "`dmaheap COMMAND --help` explains a command.",
            "Exit status: 0 all is well, 1 a problem was found, 2 wrong call or cannot work here."
        })
final class Dmaheap implements Callable<Integer> {
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

    /** The whole command, ready to execute. */
    static CommandLine command(Invocation invocation) {
        var plugin = new CommandLine(new PluginCommand(invocation)).addSubcommand(new PluginListCommand(invocation));
        var command = new CommandLine(new Dmaheap(invocation))
                .addSubcommand(new ListCommand(invocation))
                .addSubcommand(new ShowCommand(invocation))
                .addSubcommand(new AllocCommand(invocation))
                .addSubcommand(new PlayCommand(invocation))
                .addSubcommand(new FitCommand(invocation))
                .addSubcommand(new BoardCommand(invocation))
                .addSubcommand(new MapCommand(invocation))
                .addSubcommand(new DumpCommand(invocation))
                .addSubcommand(new DoctorCommand(invocation))
                .addSubcommand(plugin)
                .addSubcommand(new ShareCommand(invocation));
        var complaints = new Complaints(invocation);
        return command.setOut(invocation.out())
                .setErr(invocation.err())
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(invocation.screen().terminal() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(110)
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler(complaints)
                .setParameterExceptionHandler(complaints);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(invocation.err());
        return ExitStatus.CANNOT_WORK;
    }
}
