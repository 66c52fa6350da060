package io.dmaheap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        abbreviateSynopsis = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Look at the plugins that bring the heaps.")
final class PluginCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    private PluginCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    /** With its subcommand. */
    static CommandLine commandLine(Invocation invocation) {
        return new CommandLine(new PluginCommand(invocation)).addSubcommand("list", new PluginListCommand(invocation));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(invocation.err().forHelp());
        return ExitStatus.CANNOT_WORK;
    }
}
