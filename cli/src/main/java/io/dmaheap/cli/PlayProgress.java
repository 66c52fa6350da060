package io.dmaheap.cli;

import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.play.Event;
import io.dmaheap.cli.play.Player;
import java.util.function.Consumer;

/** One line on the terminal that says how far a workload is, rewritten a few times a second and wiped at the end. */
final class PlayProgress implements Consumer<Event>, AutoCloseable {
    private static final long PAUSE_NANOS = 100_000_000;
    private static final int SECOND = 1_000_000;

    private final Invocation invocation;
    private final String name;
    private final long total;
    private final Player player;
    private long next = System.nanoTime() + PAUSE_NANOS;

    PlayProgress(Invocation invocation, String name, long total, Player player) {
        this.invocation = invocation;
        this.name = name;
        this.total = total;
        this.player = player;
    }

    @Override
    public void accept(Event event) {
        long now = System.nanoTime();
        if (invocation.screen().lively() && now - next >= 0) {
            next = now + PAUSE_NANOS;
            String line = name + "  at " + event.micros() / SECOND + " of " + Math.ceilDiv(total, SECOND) + " s  "
                    + player.buffers() + " buffers, "
                    + Sizes.text(player.bytes());
            invocation.err().rewrite(line);
        }
    }

    @Override
    public void close() {
        if (invocation.screen().lively()) {
            invocation.err().rewrite("");
        }
    }
}
