package io.dmaheap.cli;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Choice;
import io.dmaheap.Choice.Candidate;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
import io.dmaheap.cli.play.BufferKinds;
import io.dmaheap.cli.play.Source;
import io.dmaheap.cli.play.Workbench;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = "Allocate buffers, look at them, give them back, and say how long each step took.",
        footer = {
            "",
            "Examples:",
            "  dmaheap alloc --size 8M --explain",
            "  dmaheap alloc --size 8M --require contiguous --prefer cached --explain",
            "  dmaheap alloc --size 1M --heap system --count 100",
            "  dmaheap alloc --size 1M --name camera --hold 60 & sleep 1; dmaheap dump"
        })
final class AllocCommand implements Callable<Integer> {
    private static final String AUTO = "auto";

    private final Invocation invocation;

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Bytes of one buffer: 4096, 8M, 1.5G.")
    private long size;

    @Option(names = "--heap", paramLabel = "NAME", description = "The heap, or auto to choose by need (the default).")
    private String heap = AUTO;

    @Option(names = "--count", paramLabel = "N", description = "How many buffers (1).")
    private int count = 1;

    @Option(names = "--name", paramLabel = "LABEL", description = "Label the buffers, at most 31 bytes.")
    private @Nullable String label;

    @Option(
            names = "--hold",
            paramLabel = "SECONDS",
            description = "Keep the buffers for so long before giving them back.")
    private int hold;

    @Option(names = "--explain", description = "Show which heaps were considered, and why each was taken or not.")
    private boolean explain;

    @Mixin
    private final NeedOptions need = new NeedOptions();

    AllocCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws InterruptedException {
        checkOptions();
        try (Heaps heaps = invocation.openToAllocate()) {
            if (heap.equals(AUTO)) {
                if (!explain) {
                    checkSize(heaps.heaps());
                }
                Need wanted = need.need().ofSize(size);
                need.unknownDevices(heaps).forEach(invocation.err()::line);
                try (Choice warm = heaps.choose(wanted)) {
                    if (warm.best().isEmpty()) {
                        explain(warm.trace(), Set.of());
                    }
                    Workbench.warmUp(warm::allocate);
                }
                try (Choice choice = heaps.choose(wanted)) {
                    allocate(heaps, choice::allocate, choice::trace);
                }
            } else {
                try (Heap named = Invocation.find(heaps, heap)) {
                    var asked = new Candidate(named.name(), Choice.Verdict.TAKEN, "asked for by name");
                    Workbench.warmUp(named::allocate);
                    allocate(heaps, named::allocate, () -> List.of(asked));
                }
            }
        }
        return ExitStatus.OK;
    }

    private void checkOptions() {
        if (!heap.equals(AUTO) && need.given()) {
            throw new MisuseException(
                    "--require, --prefer, --forbid, --use-case, --protection, --protected-by, --used-by and --require-usable-by choose a"
                            + " heap, so they need --heap auto");
        }
        if (count < 1) {
            throw new MisuseException("--count must be at least 1, not " + count);
        }
        if (hold < 0) {
            throw new MisuseException("--hold must not be negative: " + hold);
        }
    }

    /** What no pool can hold needs no reason for each heap. */
    private void checkSize(List<HeapInfo> heaps) {
        boolean told = heaps.stream().allMatch(one -> one.total().isPresent());
        Optional<HeapInfo> largest =
                heaps.stream().max(Comparator.comparingLong(one -> one.total().orElse(0)));
        largest.filter(one -> told && one.total().getAsLong() < size).ifPresent(one -> {
            throw HeapException.of(
                            ErrorCode.HEAP_NOT_FOUND,
                            "no heap here can give " + Sizes.text(size) + ": the largest is " + one.name() + " with "
                                    + Sizes.text(one.total().getAsLong()))
                    .hint("`dmaheap list` shows all")
                    .build();
        });
    }

    private void allocate(Heaps heaps, Source source, Supplier<List<Candidate>> trace) throws InterruptedException {
        AllocationRequest request = AllocationRequest.of(size);
        if (label != null) {
            request = request.withName(label);
        }
        var bench = new Workbench();
        List<DmaBuf> buffers = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                buffers.add(bench.allocate(source, request));
            }
        } catch (RuntimeException e) {
            buffers.forEach(DmaBuf::close);
            explain(trace.get(), Set.of());
            throw e;
        }
        long bytes = buffers.getFirst().size();
        var kinds = new BufferKinds();
        buffers.forEach(buffer -> kinds.add(buffer.info()));
        explain(
                trace.get(),
                kinds.counts().keySet().stream()
                        .flatMap(kind -> kind.heap().stream())
                        .collect(Collectors.toSet()));
        hold();
        buffers.forEach(bench::close);
        print(heaps, kinds, bytes, bench, trace.get());
    }

    private void hold() throws InterruptedException {
        if (hold > 0) {
            invocation
                    .err()
                    .line("holding " + count + " x " + Sizes.text(size) + " for " + hold + " s, as pid "
                            + ProcessHandle.current().pid());
            Thread.sleep(hold * 1000L);
        }
    }

    /** Of the heaps that meet the need those are taken that gave a buffer; the others would have done. */
    private void explain(List<Candidate> trace, Set<String> taken) {
        if (explain && !invocation.json()) {
            var table = new Table("HEAP", "VERDICT", "WHY");
            trace.forEach(one -> {
                boolean spare = one.verdict() == Choice.Verdict.TAKEN && !taken.contains(one.heap());
                table.row(one.heap(), spare ? "would do" : HeapWords.word(one.verdict()), one.reason());
            });
            invocation.out().block(table.text(invocation.screen().lineLength()));
            invocation.out().line();
        }
    }

    private void print(Heaps heaps, BufferKinds kinds, long bytes, Workbench bench, List<Candidate> trace) {
        if (invocation.json()) {
            var first = kinds.counts().keySet().iterator().next();
            invocation.print(HeapJson.result(heaps)
                    .with("heap", first.heap())
                    .with("asked", size)
                    .with("size", bytes)
                    .with("count", count)
                    .with("descriptor", first.descriptor())
                    .with("exporter", first.exporter())
                    .with("buffers", HeapJson.of(kinds))
                    .with("candidates", trace.stream().map(AllocCommand::json).toList())
                    .with("content", HeapJson.of(bench.inspection()))
                    .with("operations", TimingReport.json(bench.timings())));
            return;
        }
        kinds.counts()
                .forEach((kind, number) -> invocation
                        .out()
                        .paragraph(
                                number + " x " + Sizes.text(bytes) + " from "
                                        + BufferWords.of(kind.heap(), kind.descriptor(), kind.exporter()),
                                2));
        invocation.out().line();
        invocation.out().block(TimingReport.text(bench.timings()));
        if (bench.inspection().untouchable() > 0) {
            invocation.out().line();
            invocation.out().paragraph("The CPU may not touch this memory, so it was neither mapped nor looked at.");
        }
    }

    private static JsonObject json(Candidate one) {
        return new JsonObject()
                .with("heap", one.heap())
                .with("verdict", one.verdict())
                .with("reason", one.reason());
    }
}
