package io.dmaheap.cli;

import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.Trait;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Sizes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        abbreviateSynopsis = true,
        description = "Show everything that is known of one heap, and how to use it.",
        footer = {"", "Examples:", "  dmaheap show system", "  dmaheap show linux,cma --json"})
final class ShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The name or an alias of a heap, as `dmaheap list` shows it.")
    private String name = "";

    ShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = invocation.open();
                Heap heap = Invocation.find(heaps, name)) {
            HeapInfo info = heap.info();
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps).with("heap", HeapJson.of(info)));
            } else {
                print(heaps, info);
            }
            return ExitStatus.OK;
        }
    }

    private void print(Heaps heaps, HeapInfo heap) {
        line("heap", heap.name().equals(name) ? heap.name() : heap.name() + ", found by its alias " + name);
        line("aliases", heap.aliases().isEmpty() ? "none" : String.join(", ", heap.aliases()));
        line("state", HeapWords.word(heap.state()));
        line("platform", heaps.platform().name());
        line("plugin", heap.plugin());
        line("node", heap.node().map(ShowCommand::node).orElse("none"));
        line("usable", heap.openable().yes() ? "yes" : "no: " + heap.openable().reason());
        for (Trait trait : Trait.values()) {
            line(HeapWords.word(trait), HeapWords.word(heap.traits().has(trait)));
        }
        heap.traits()
                .protection()
                .ifPresent(protection ->
                        line("protection", HeapWords.word(protection.kind()) + ", for " + protection.useCase()));
        line("alignment", heap.traits().alignment() + " bytes");
        heap.total().ifPresent(total -> line("pool", Sizes.text(total) + free(heap)));
        heap.largest().ifPresent(largest -> line("largest buffer", Sizes.text(largest)));
        line("in this process", heap.buffers() + " buffers, " + Sizes.text(heap.bytes()));
        Printer out = invocation.out();
        out.line();
        out.line("Try it:   dmaheap alloc --heap " + heap.name() + " --size 1M");
        out.line("In Java:  try (var heap = heaps.heap(\"" + heap.name() + "\");");
        out.line("               var buffer = heap.allocate(1 << 20)) { … }");
    }

    private static String node(HeapInfo.NodeInfo node) {
        return node.path() + "  " + node.mode() + " " + node.owner() + ":" + node.group();
    }

    private static String free(HeapInfo heap) {
        return heap.free().isPresent() ? ", " + Sizes.text(heap.free().getAsLong()) + " free" : "";
    }

    private void line(String label, String value) {
        String text = label + " ".repeat(17 - label.length()) + value;
        invocation.out().paragraph(text, 17);
    }
}
