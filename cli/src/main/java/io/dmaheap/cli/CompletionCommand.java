package io.dmaheap.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        abbreviateSynopsis = true,
        description = "Print the completion of commands and options for bash and zsh.",
        footer = {
            "",
            "The installed form has it in share/bash-completion/completions.",
            "",
            "Examples:",
            "  source <(dmaheap completion)",
            "  dmaheap completion > ~/.local/share/bash-completion/completions/dmaheap"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Invocation invocation;

    CompletionCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        invocation.out().block(Manual.completion(invocation));
        return ExitStatus.OK;
    }
}
