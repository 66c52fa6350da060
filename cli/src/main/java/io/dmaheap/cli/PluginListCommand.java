package io.dmaheap.cli;

import io.dmaheap.Heaps;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = {
            "Show the plugins, and why one cannot be used. None of their code runs, unless they are started to see their heaps."
        },
        footer = {
            "",
            "Examples:",
            "  dmaheap plugin list",
            "  dmaheap plugin list --plugins ./my-plugins",
            "  dmaheap plugin list --start"
        })
final class PluginListCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(names = "--start", description = "Start the plugins, and show their heaps.")
    private boolean start;

    @Mixin
    private final TableOptions options = new TableOptions();

    PluginListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = start ? invocation.open() : invocation.openWithoutStart()) {
            List<PluginInfo> plugins = heaps.plugins();
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps)
                        .with(
                                "plugins",
                                plugins.stream().map(PluginListCommand::json).toList())
                        .with("problems", HeapJson.of(heaps.problems())));
            } else if (options.bare()) {
                invocation.out().block(options.text(table(plugins), invocation.screen()));
            } else {
                print(heaps, plugins);
            }
            return problems(heaps).isEmpty() ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }

    private static JsonObject json(PluginInfo plugin) {
        return new JsonObject()
                .with("id", plugin.id())
                .with("version", plugin.version())
                .with("description", plugin.description())
                .with("vendor", plugin.vendor())
                .with("jar", plugin.jar())
                .with("state", plugin.state())
                .with("heaps", plugin.heaps())
                .with("problem", plugin.problem().map(HeapJson::of));
    }

    private void print(Heaps heaps, List<PluginInfo> plugins) {
        Printer out = invocation.out();
        if (plugins.isEmpty()) {
            out.line("none");
            out.line();
            out.paragraph("No plugin was found. --plugins DIR names the folder with the heaps-*.jar files.");
        } else {
            out.block(options.text(table(plugins), invocation.screen()));
        }
        List<Problem> problems = problems(heaps);
        if (!problems.isEmpty()) {
            out.line();
            problems.forEach(problem -> out.paragraph("problem: " + problem, 2));
        }
    }

    /** Those of plugins: where memory comes from is none of them. */
    private static List<Problem> problems(Heaps heaps) {
        return heaps.problems().stream()
                .filter(problem -> problem.kind() != Problem.Kind.EMULATED_PLATFORM)
                .toList();
    }

    private Table table(List<PluginInfo> plugins) {
        return start ? withHeaps(plugins) : withoutHeaps(plugins);
    }

    private static Table withHeaps(List<PluginInfo> plugins) {
        var table = new Table("ID", "VERSION", "STATE", "HEAPS", "DESCRIPTION").optional("DESCRIPTION");
        for (PluginInfo plugin : plugins) {
            table.row(
                    plugin.id(),
                    plugin.version(),
                    HeapWords.word(plugin.state()),
                    plugin.heaps().isEmpty() ? "-" : String.join(" ", plugin.heaps()),
                    plugin.description());
        }
        return table;
    }

    private static Table withoutHeaps(List<PluginInfo> plugins) {
        var table = new Table("ID", "VERSION", "STATE", "DESCRIPTION");
        for (PluginInfo plugin : plugins) {
            table.row(plugin.id(), plugin.version(), HeapWords.word(plugin.state()), plugin.description());
        }
        return table;
    }
}
