package io.dmaheap.cli;

import io.dmaheap.Heaps;
import io.dmaheap.cli.output.Printer;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a view is shown once, or again whenever it looks different. */
final class WatchOptions {
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 86_400;
    private static final double MILLIS = 1000;

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "Look again every so many seconds (2) and show what has changed, until Ctrl-C.")
    private @Nullable Double seconds;

    /** Opens heaps and shows them. */
    int show(Invocation invocation, View view) {
        if (seconds == null) {
            try (Heaps heaps = invocation.open()) {
                return view.show(heaps, invocation.out());
            }
        }
        if (!(seconds >= SHORTEST && seconds <= LONGEST)) {
            throw new MisuseException("--watch takes 0.1 to 86400 seconds, not " + seconds);
        }
        try (Heaps heaps = invocation.openWatched()) {
            return watch(invocation, heaps, view, Math.round(seconds * MILLIS));
        }
    }

    /** Plugins and kernel heaps that come or go are followed by the heaps themselves; what is taken and free no one tells of. */
    private static int watch(Invocation invocation, Heaps heaps, View view, long millis) {
        Printer out = invocation.out();
        String before = "";
        while (true) {
            var page = new StringWriter();
            Printer printer = out.to(page);
            int status = view.show(heaps, printer);
            printer.flush();
            String now = page.toString();
            if (!now.equals(before)) {
                print(invocation, before, now);
                before = now;
            }
            if (out.isBroken() || isOver(millis)) {
                return status;
            }
        }
    }

    private static void print(Invocation invocation, String before, String now) {
        Printer out = invocation.out();
        if (invocation.json()) {
            out.json(now);
        } else if (invocation.screen().lively()) {
            out.page(now);
        } else {
            out.block(before.isEmpty() ? now : "\n" + now);
        }
        out.flush();
    }

    /** Waits, and tells whether Ctrl-C was typed instead, which is how it ends. */
    private static boolean isOver(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return false;
        } catch (InterruptedException _) {
            return true;
        }
    }
}
