package io.dmaheap.cli;

import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Table;
import io.dmaheap.cli.output.Times;
import io.dmaheap.cli.play.Operation;
import io.dmaheap.cli.play.Timings;
import io.dmaheap.cli.play.Timings.Summary;
import java.util.Locale;
import java.util.Map;

/** How long each operation took, for people and for programs. */
final class TimingReport {
    private TimingReport() {}

    static String text(Timings timings) {
        Map<Operation, Summary> summaries = timings.summaries();
        boolean once = summaries.values().stream().allMatch(one -> one.count() == 1);
        var table = once
                ? new Table("OPERATION", ">TIME")
                : new Table("OPERATION", ">COUNT", ">P50", ">P95", ">P99", ">MAX");
        summaries.forEach((operation, one) -> {
            String name = name(operation);
            if (once) {
                table.row(name, Times.text(one.max()));
            } else {
                table.row(
                        name,
                        one.count(),
                        Times.text(one.p50()),
                        Times.text(one.p95()),
                        Times.text(one.p99()),
                        Times.text(one.max()));
            }
        });
        return table.text();
    }

    private static String name(Operation operation) {
        return HeapWords.word(operation).replace('-', ' ');
    }

    private static String field(Operation operation) {
        String[] words = name(operation).split(" ");
        for (int at = 1; at < words.length; at++) {
            words[at] = words[at].substring(0, 1).toUpperCase(Locale.ROOT) + words[at].substring(1);
        }
        return String.join("", words);
    }

    /** Nanoseconds. */
    static JsonObject json(Timings timings) {
        var object = new JsonObject();
        timings.summaries()
                .forEach((operation, one) -> object.with(
                        field(operation),
                        new JsonObject()
                                .with("count", one.count())
                                .with("p50", one.p50())
                                .with("p95", one.p95())
                                .with("p99", one.p99())
                                .with("max", one.max())));
        return object;
    }
}
