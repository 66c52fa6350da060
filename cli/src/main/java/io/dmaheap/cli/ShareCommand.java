package io.dmaheap.cli;

import io.dmaheap.Heaps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = "Pass a buffer to another process and let both write into it.",
        footer = {
            "",
            "Examples, one in each of two terminals:",
            "  dmaheap share --listen /tmp/s --heap system --size 1M",
            "  dmaheap share --connect /tmp/s"
        })
final class ShareCommand implements Callable<Integer> {
    private final Invocation invocation;

    @ArgGroup(multiplicity = "1")
    private final Side side = new Side();

    static final class Side {
        @Option(
                names = "--listen",
                paramLabel = "SOCKET",
                description = "Allocate a buffer and wait here for who wants it.")
        @Nullable
        Path listen;

        @Option(names = "--connect", paramLabel = "SOCKET", description = "Get the buffer from who waits here.")
        @Nullable
        Path connect;
    }

    @Option(names = "--heap", paramLabel = "NAME", description = "Where the buffer comes from (system).")
    private String heap = "system";

    @Option(names = "--size", paramLabel = "SIZE", converter = SizeConverter.class, description = "Its bytes (1M).")
    private long size = 1 << 20;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Wait for the other side at most so long (60).")
    private int timeout = 60;

    ShareCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (timeout < 1) {
            throw new MisuseException("--timeout must be at least 1, not " + timeout);
        }
        Duration patience = Duration.ofSeconds(timeout);
        try (Heaps heaps = invocation.openToAllocate()) {
            var sharing = new Sharing(invocation, heaps, patience);
            boolean proven = side.listen != null
                    ? sharing.offer(side.listen, heap, size)
                    : sharing.take(Objects.requireNonNull(side.connect));
            return proven ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }
}
