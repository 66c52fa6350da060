package io.dmaheap.cli;

import io.dmaheap.BufferHolder;
import io.dmaheap.Heaps;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Table;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        abbreviateSynopsis = true,
        description = "Show which process holds which buffer, and how much each process and exporter has.",
        footer = {
            "",
            "Without root, only processes of the same user can be looked into.",
            "",
            "Examples:",
            "  sudo dmaheap dump",
            "  dmaheap dump --json | jq '.processes[] | {process, bytes}'"
        })
final class DumpCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final TableOptions options = new TableOptions();

    DumpCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = invocation.open()) {
            var held = new HeldBuffers(heaps.holders());
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps)
                        .with("complete", seesEverybody())
                        .with(
                                "buffers",
                                held.buffers().stream().map(DumpCommand::json).toList())
                        .with(
                                "processes",
                                held.processes().stream().map(DumpCommand::json).toList())
                        .with(
                                "exporters",
                                held.exporters().stream().map(DumpCommand::json).toList())
                        .with("total", PlayReport.amount(held.buffers().size(), held.bytes())));
            } else if (options.bare()) {
                invocation.out().print(options.text(buffers(held), invocation.screen()));
            } else {
                print(held);
            }
            return ExitStatus.OK;
        }
    }

    /** Whether /proc lets us look into the first process, which belongs to root. */
    private static boolean seesEverybody() {
        return Files.isReadable(Path.of("/proc/1/fd"));
    }

    private void print(HeldBuffers held) {
        PrintWriter out = invocation.out();
        if (held.buffers().isEmpty()) {
            out.println("nobody holds a buffer");
        } else {
            out.println(options.text(buffers(held), invocation.screen()));
            var processes = new Table(">PID", "PROCESS", ">BUFFERS", ">SIZE");
            held.processes()
                    .forEach(one -> processes.row(one.pid(), one.process(), one.buffers(), options.size(one.bytes())));
            out.println(processes.text(invocation.screen().lineLength()));
            var exporters = new Table("EXPORTER", ">BUFFERS", ">SIZE");
            held.exporters().forEach(one -> exporters.row(one.exporter(), one.buffers(), options.size(one.bytes())));
            exporters.row("all", held.buffers().size(), options.size(held.bytes()));
            out.print(exporters.text(invocation.screen().lineLength()));
        }
        if (!seesEverybody()) {
            out.println();
            out.println("Only processes of this user are shown: sudo dmaheap dump shows all.");
        }
    }

    private Table buffers(HeldBuffers held) {
        var buffers = new Table(">BUFFER", ">SIZE", "EXPORTER", "NAME", ">REFS", "HELD BY");
        held.buffers()
                .forEach(one -> buffers.row(
                        one.inode(),
                        options.size(one.size()),
                        one.exporter(),
                        one.name().orElse("-"),
                        one.references() == 0 ? "-" : one.references(),
                        String.join(", ", one.holdersInWords())));
        return buffers;
    }

    private static JsonObject json(HeldBuffers.Buffer one) {
        return new JsonObject()
                .with("inode", one.inode())
                .with("size", one.size())
                .with("exporter", one.exporter())
                .with("name", one.name())
                .with("references", one.references())
                .with("holders", one.holders().stream().map(DumpCommand::json).toList());
    }

    private static JsonObject json(BufferHolder one) {
        return new JsonObject()
                .with("pid", one.pid())
                .with("process", one.process())
                .with("fd", one.fd());
    }

    private static JsonObject json(HeldBuffers.Process one) {
        return new JsonObject()
                .with("pid", one.pid())
                .with("process", one.process())
                .with("buffers", one.buffers())
                .with("bytes", one.bytes());
    }

    private static JsonObject json(HeldBuffers.Exporter one) {
        return new JsonObject()
                .with("exporter", one.exporter())
                .with("buffers", one.buffers())
                .with("bytes", one.bytes());
    }
}
