package io.dmaheap.cli;

import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        abbreviateSynopsis = true,
        description =
                "Wait until a heap is there: a driver may still be loading, a plugin be copied, a TEE be starting.",
        footer = {
            "",
            "Exit status: 0 the heap is there, 1 it did not come in time or cannot be used.",
            "",
            "Examples:",
            "  dmaheap await linux,cma && start-camera",
            "  dmaheap await protected,secure-video --timeout 5m --platform linux"
        })
final class AwaitCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "HEAP", description = "The name or an alias of the heap.")
    private String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Wait at most so long: 500ms, 30s, 5m (60s).")
    private Duration timeout = Duration.ofMinutes(1);

    AwaitCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (name.isBlank()) {
            throw new MisuseException("the name of the heap is empty; `dmaheap list` shows the names");
        }
        try (Heaps heaps = invocation.openWatched();
                Heap heap = heaps.await(name, timeout)) {
            HeapInfo info = heap.info();
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps).with("heap", HeapJson.of(info)));
            } else {
                String usable = info.openable().yes()
                        ? " is there"
                        : " is there and cannot be used: " + info.openable().reason();
                invocation.out().paragraph(info.name() + usable, 2);
            }
            return info.openable().yes() ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }
}
