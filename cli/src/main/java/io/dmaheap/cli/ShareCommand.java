package io.dmaheap.cli;

import io.dmaheap.Heaps;
import io.dmaheap.cli.output.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

final class ShareCommand implements Command {
    private final Invocation invocation;

    private @Nullable Path listen;
    private @Nullable Path connect;
    private String heap = "system";
    private long size = 1 << 20;
    private int timeout = 60;

    ShareCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Syntax syntax() {
        return new Syntax("dmaheap share", "Pass a buffer to another process and let both write into it.")
                .option(
                        "--listen",
                        "SOCKET",
                        "Allocate a buffer and wait here for who wants it.",
                        path -> listen = Path.of(path))
                .option("--connect", "SOCKET", "Get the buffer from who waits here.", path -> connect = Path.of(path))
                .option("--heap", "NAME", "Where the buffer comes from (system).", name -> heap = name)
                .option("--size", "SIZE", "Its bytes (1M).", text -> size = Sizes.parse(text))
                .option(
                        "--timeout",
                        "SECONDS",
                        "Wait for the other side at most so long (60).",
                        text -> timeout = Numbers.atLeast(1, text))
                .footer(
                        "",
                        "Examples, one in each of two terminals:",
                        "  dmaheap share --listen /tmp/s --heap system --size 1M",
                        "  dmaheap share --connect /tmp/s");
    }

    @Override
    public int run() {
        Path place = listen != null ? listen : connect;
        if (place == null || (listen != null && connect != null)) {
            throw new MisuseException("either --listen SOCKET or --connect SOCKET is needed");
        }
        try (Heaps heaps = invocation.open()) {
            var sharing = new Sharing(invocation, heaps, Duration.ofSeconds(timeout));
            boolean proven = listen != null ? sharing.offer(place, heap, size) : sharing.take(place);
            return proven ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }
}
