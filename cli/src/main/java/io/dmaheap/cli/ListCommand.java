package io.dmaheap.cli;

import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        abbreviateSynopsis = true,
        description = "Show the heaps of this machine, and why one cannot be used.",
        footer = {
            "",
            "Columns: name, kind, more, owner:group, mode, usable, free, total, plugin.",
            "",
            "Examples:",
            "  dmaheap list",
            "  dmaheap list --watch",
            "  dmaheap list -no name,free -b",
            "  dmaheap list --json | jq -r '.heaps[].name'"
        })
final class ListCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final TableOptions options = new TableOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    ListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        return watch.show(invocation, this::show);
    }

    private int show(Heaps heaps, Printer out) {
        List<HeapInfo> all = heaps.heaps();
        if (invocation.json()) {
            out.json(HeapJson.result(heaps)
                    .with("heaps", all.stream().map(HeapJson::of).toList())
                    .with("usage", UsageCounts.of(heaps.usage()).json())
                    .with("problems", HeapJson.of(heaps.problems())));
        } else if (options.bare()) {
            out.block(options.text(table(all), invocation.screen()));
        } else {
            print(heaps, all, out);
        }
        boolean usable = all.stream().anyMatch(heap -> heap.openable().yes());
        return usable && !lacksHeaps(heaps) ? ExitStatus.OK : ExitStatus.PROBLEM;
    }

    /** Whether the list lacks what a plugin should have brought. */
    private static boolean lacksHeaps(Heaps heaps) {
        return heaps.plugins().stream().anyMatch(plugin -> plugin.state() == PluginInfo.State.FAILED)
                || heaps.problems().stream()
                        .anyMatch(problem -> problem.kind() == Problem.Kind.DUPLICATE_HEAP
                                || problem.kind() == Problem.Kind.DUPLICATE_REGION);
    }

    private void print(Heaps heaps, List<HeapInfo> all, Printer out) {
        String reason = heaps.platform().reason();
        out.paragraph("platform: " + heaps.platform().name() + " (" + reason + ")", 10);
        out.line();
        if (all.isEmpty()) {
            out.line("none");
            out.line();
            if (heaps.plugins().isEmpty()) {
                out.paragraph(
                        "There is no plugin, and heaps come from plugins: see --plugins, and `dmaheap doctor`.", 0);
            } else {
                out.paragraph(
                        "There is no heap here. `dmaheap doctor` says what is missing; `dmaheap list --platform emulator`"
                                + " works without hardware. A kernel has heaps with CONFIG_DMABUF_HEAPS_SYSTEM and"
                                + " CONFIG_DMABUF_HEAPS_CMA.",
                        0);
            }
        } else {
            out.block(options.text(table(all), invocation.screen()));
            printReasons(all, reason, out);
        }
        // Which platform it is and why stands in the first line.
        List<Problem> problems = heaps.problems().stream()
                .filter(problem -> problem.kind() != Problem.Kind.EMULATED_PLATFORM)
                .toList();
        if (!problems.isEmpty()) {
            out.line();
            out.line(problems.size() == 1 ? "1 problem:" : problems.size() + " problems:");
            problems.forEach(problem -> out.paragraph("  " + problem, 4));
        }
    }

    private Table table(List<HeapInfo> all) {
        var table = new Table("NAME", "KIND", "MORE", "OWNER:GROUP", "MODE", "USABLE", ">FREE", ">TOTAL", "PLUGIN")
                .optional("PLUGIN", "MORE", "OWNER:GROUP", "MODE");
        for (HeapInfo heap : all) {
            table.row(
                    heap.name(),
                    HeapWords.kind(heap.traits()),
                    HeapWords.more(heap.traits()),
                    heap.node().map(node -> node.owner() + ":" + node.group()).orElse("-"),
                    heap.node().map(HeapInfo.NodeInfo::mode).orElse("-"),
                    usable(heap),
                    heap.free().isPresent() ? options.size(heap.free().getAsLong()) : "-",
                    heap.total().isPresent() ? options.size(heap.total().getAsLong()) : "-",
                    heap.plugin().isEmpty() ? "-" : heap.plugin());
        }
        return table;
    }

    private static String usable(HeapInfo heap) {
        if (heap.state() != HeapState.LIVE) {
            return HeapWords.word(heap.state());
        }
        return heap.openable().yes() ? "yes" : "no";
    }

    /** Each reason once, with the heaps that it keeps from being used; not again what the first line has said. */
    private static void printReasons(List<HeapInfo> all, String said, Printer out) {
        var byReason = new LinkedHashMap<String, List<String>>();
        for (HeapInfo heap : all) {
            if (!heap.openable().yes()) {
                byReason.computeIfAbsent(heap.openable().reason(), _ -> new ArrayList<>())
                        .add(heap.name());
            }
        }
        if (!byReason.isEmpty()) {
            out.line();
        }
        byReason.forEach((reason, names) -> {
            boolean none = names.size() > 1 && names.size() == all.size();
            String what = none ? "no heap can be used" : String.join(", ", names) + " cannot be used";
            out.paragraph(what + ": " + (said.contains(reason) ? "see the first line" : reason), 2);
        });
    }
}
