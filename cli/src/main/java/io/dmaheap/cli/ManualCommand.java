package io.dmaheap.cli;

import io.dmaheap.cli.play.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        abbreviateSynopsis = true,
        description =
                "Write the manual pages, and the completion for bash and zsh, into a folder as /usr/share is one.",
        footer = {
            "",
            "The installed form has them in share: add it to MANPATH as share/man.",
            "",
            "Examples:",
            "  dmaheap manual ~/.local/share",
            "  sudo dmaheap manual /usr/local/share"
        })
final class ManualCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(
            paramLabel = "FOLDER",
            description = "Gets man/man1/dmaheap*.1 and bash-completion/completions/dmaheap.")
    private Path folder = Path.of("");

    ManualCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        for (Map.Entry<String, String> page : Manual.pages(invocation).entrySet()) {
            write(folder.resolve("man/man1").resolve(page.getKey() + ".1"), page.getValue());
        }
        write(folder.resolve("bash-completion/completions/dmaheap"), Manual.completion(invocation));
        return ExitStatus.OK;
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw BadInputException.unwritable("the manual", file, e);
        }
    }
}
