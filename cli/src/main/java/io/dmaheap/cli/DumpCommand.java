package io.dmaheap.cli;

import io.dmaheap.BufferHolder;
import io.dmaheap.Heaps;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = "Show which process holds which buffer, and how much each process and exporter has.",
        footer = {
            "",
            "Without root, only processes of the same user can be looked into.",
            "",
            "Columns: buffer, size, exporter, name, refs, held by.",
            "",
            "Examples:",
            "  sudo dmaheap dump",
            "  dmaheap dump --pid $(pidof camera) --watch",
            "  dmaheap dump --json | jq '.processes[] | {process, bytes}'"
        })
final class DumpCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(names = "--pid", paramLabel = "N", description = "Only the buffers that this process holds.")
    private @Nullable Long pid;

    @Option(
            names = "--exporter",
            paramLabel = "NAME",
            description = "Only the buffers of this exporter, such as system.")
    private @Nullable String exporter;

    @Mixin
    private final TableOptions options = new TableOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    DumpCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (pid != null && !ProcessHandle.of(pid).isPresent()) {
            throw new MisuseException("there is no process " + pid);
        }
        return watch.show(invocation, this::show);
    }

    private int show(Heaps heaps, Printer out) {
        var held = new HeldBuffers(wanted(heaps.holders()));
        if (invocation.json()) {
            out.json(HeapJson.result(heaps)
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
            out.block(options.text(buffers(held), invocation.screen()));
        } else {
            print(held, out);
        }
        return ExitStatus.OK;
    }

    /** Of a buffer that is wanted all holders, whoever they are: with whom a process shares it is what one wants to know. */
    private List<BufferHolder> wanted(List<BufferHolder> all) {
        Set<Long> ofProcess = all.stream()
                .filter(one -> pid == null || one.pid() == pid)
                .map(BufferHolder::inode)
                .collect(Collectors.toSet());
        return all.stream()
                .filter(one -> ofProcess.contains(one.inode()))
                .filter(one -> exporter == null || one.exporter().equals(exporter))
                .toList();
    }

    private boolean isFiltered() {
        return pid != null || exporter != null;
    }

    /** Whether /proc lets us look into the first process, which belongs to root. */
    private static boolean seesEverybody() {
        return Files.isReadable(Path.of("/proc/1/fd"));
    }

    private void print(HeldBuffers held, Printer out) {
        if (held.buffers().isEmpty()) {
            out.line(isFiltered() ? "no such buffer is held" : "nobody holds a buffer");
        } else {
            out.block(options.text(buffers(held), invocation.screen()));
            out.line();
            var processes = new Table(">PID", "PROCESS", ">BUFFERS", ">SIZE");
            held.processes()
                    .forEach(one -> processes.row(one.pid(), one.process(), one.buffers(), options.size(one.bytes())));
            out.block(processes.text(invocation.screen().lineLength()));
            out.line();
            var exporters = new Table("EXPORTER", ">BUFFERS", ">SIZE");
            held.exporters().forEach(one -> exporters.row(one.exporter(), one.buffers(), options.size(one.bytes())));
            exporters.row("all", held.buffers().size(), options.size(held.bytes()));
            out.block(exporters.text(invocation.screen().lineLength()));
        }
        if (!seesEverybody()) {
            out.line();
            out.paragraph("Only processes of this user are shown: sudo dmaheap dump shows all.");
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
