package io.dmaheap.cli;

import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        abbreviateSynopsis = true,
        description = "Show the heaps of this machine, and why one cannot be used.",
        footer = {"", "Examples:", "  dmaheap list", "  dmaheap list --json | jq -r '.heaps[].name'"})
final class ListCommand implements Callable<Integer> {
    private final Invocation invocation;

    ListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = invocation.open()) {
            List<HeapInfo> all = heaps.heaps();
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps)
                        .with("heaps", all.stream().map(HeapJson::of).toList())
                        .with("problems", HeapJson.of(heaps.problems())));
            } else {
                print(heaps, all);
            }
            boolean usable = all.stream().anyMatch(heap -> heap.openable().yes());
            return usable && !lacksHeaps(heaps) ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }

    /** Whether the list lacks what a plugin should have brought. */
    private static boolean lacksHeaps(Heaps heaps) {
        return heaps.plugins().stream().anyMatch(plugin -> plugin.state() == PluginInfo.State.FAILED)
                || heaps.problems().stream().anyMatch(problem -> problem.kind() == Problem.Kind.DUPLICATE_HEAP);
    }

    private void print(Heaps heaps, List<HeapInfo> all) {
        PrintWriter out = invocation.out();
        out.println(
                "platform: " + heaps.platform().name() + " (" + heaps.platform().reason() + ")");
        out.println();
        if (all.isEmpty()) {
            out.println("none");
            out.println();
            if (heaps.plugins().isEmpty()) {
                out.println("There is no plugin, and heaps come from plugins: see --plugins, and `dmaheap doctor`.");
            } else {
                out.println(
                        "There is no heap here. `dmaheap doctor` says what is missing; `dmaheap list --platform emulator` works");
                out.println(
                        "without hardware. A kernel has heaps with CONFIG_DMABUF_HEAPS_SYSTEM and CONFIG_DMABUF_HEAPS_CMA.");
            }
        } else {
            out.print(table(all));
            printReasons(out, all);
        }
        // Which platform it is and why stands in the first line.
        List<Problem> problems = heaps.problems().stream()
                .filter(problem -> problem.kind() != Problem.Kind.EMULATED_PLATFORM)
                .toList();
        if (!problems.isEmpty()) {
            out.println();
            out.println(problems.size() == 1 ? "1 problem:" : problems.size() + " problems:");
            problems.forEach(problem -> out.println("  " + problem));
        }
    }

    private static String table(List<HeapInfo> all) {
        var table = new Table("NAME", "KIND", "MORE", "OWNER:GROUP", "MODE", "USABLE", ">FREE", ">TOTAL", "PLUGIN");
        for (HeapInfo heap : all) {
            table.row(
                    heap.name(),
                    HeapWords.kind(heap.traits()),
                    HeapWords.more(heap.traits()),
                    heap.node().map(node -> node.owner() + ":" + node.group()).orElse("-"),
                    heap.node().map(HeapInfo.NodeInfo::mode).orElse("-"),
                    usable(heap),
                    heap.free().isPresent() ? Sizes.text(heap.free().getAsLong()) : "-",
                    heap.total().isPresent() ? Sizes.text(heap.total().getAsLong()) : "-",
                    heap.plugin().isEmpty() ? "-" : heap.plugin());
        }
        return table.text();
    }

    private static String usable(HeapInfo heap) {
        if (heap.state() != HeapState.LIVE) {
            return HeapWords.word(heap.state());
        }
        return heap.openable().yes() ? "yes" : "no";
    }

    private static void printReasons(PrintWriter out, List<HeapInfo> all) {
        var refused = all.stream().filter(heap -> !heap.openable().yes()).toList();
        if (!refused.isEmpty()) {
            out.println();
            refused.forEach(heap -> out.println(
                    heap.name() + " cannot be used: " + heap.openable().reason()));
        }
    }
}
