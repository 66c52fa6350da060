package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import io.dmaheap.MemoryMap;
import io.dmaheap.PlatformInfo;
import io.dmaheap.Usage;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.play.Failures;
import io.dmaheap.cli.play.Footprint;
import io.dmaheap.cli.play.Inspection;
import io.dmaheap.cli.play.Player;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What came of playing a workload.
 *
 * @param name the profile or trace
 * @param options how it was played
 * @param footprint what the workload asked for
 * @param run what happened
 * @param leakedFds the file descriptors that hold memory and stayed open after everything was closed
 */
record PlayReport(String name, PlayOptions options, Footprint footprint, Run run, long leakedFds) {
    private static final Set<ErrorCode> TOO_LITTLE_MEMORY = Set.of(ErrorCode.LIMIT_EXCEEDED, ErrorCode.OUT_OF_MEMORY);

    /**
     * What happened while the heaps were open.
     *
     * @param platform where
     * @param player with its measurements
     * @param left what was still held after the player had given everything back
     * @param map the machine's memory afterwards
     * @param seen the area behind the heap, where it is told
     */
    record Run(PlatformInfo platform, Player player, Usage left, MemoryMap map, Optional<PlayPictures.Seen> seen) {}

    boolean ok() {
        return failures().isEmpty() && contents().clean() && !leaked();
    }

    private boolean leaked() {
        return !run.left().equals(Usage.NONE) || leakedFds != 0;
    }

    private List<Failures.Count> failures() {
        return run.player().failures().counts();
    }

    private Inspection contents() {
        return run.player().bench().inspection();
    }

    void print(Printer out) {
        out.paragraph(
                name + " on " + run.platform().name() + ": " + footprint.buffers() + " buffers, at most "
                        + footprint.peakBuffers() + " with " + Sizes.text(footprint.peakBytes())
                        + " at a time, seed " + options.seed,
                2);
        run.player()
                .kinds()
                .counts()
                .forEach((kind, count) -> out.paragraph(
                        "  " + count + " from " + BufferWords.of(kind.heap(), kind.descriptor(), kind.exporter()), 4));
        out.line();
        out.block(TimingReport.text(run.player().bench().timings()));
        out.line();
        out.paragraph("contents  " + contentsText(), 10);
        run.seen().ifPresent(seen -> out.paragraph("memory    " + seen.words(), 10));
        printFailures(out);
        out.paragraph("leaks     " + (leaked() ? leaksText() : "none"), 10);
    }

    private String contentsText() {
        Inspection seen = contents();
        if (seen.untouchable() > 0 && seen.checkedBytes() == 0) {
            return "not looked at: the CPU may not touch this memory";
        }
        return Sizes.text(seen.checkedBytes()) + " of fresh buffers looked at, "
                + (seen.nonZeroBytes() == 0 ? "all zero" : seen.nonZeroBytes() + " bytes not zero")
                + (seen.brokenPromises() > 0 ? " although the heap promises zeros" : "")
                + (seen.lostPages() > 0 ? "; " + seen.lostPages() + " pages lost what was written" : "");
    }

    private void printFailures(Printer out) {
        if (failures().isEmpty()) {
            out.line("failures  none");
            return;
        }
        String label = "failures  ";
        for (Failures.Count one : failures()) {
            out.paragraph(label + one.count() + " x " + one.code() + ", first: " + one.first(), 10);
            label = " ".repeat(10);
        }
        if (failures().stream().map(Failures.Count::code).anyMatch(TOO_LITTLE_MEMORY::contains)) {
            out.paragraph(
                    label + "This workload wants " + Sizes.text(footprint.peakBytes())
                            + " at a time. Try --scale 0.25, or another heap with --heap (`dmaheap list` shows them).",
                    10);
        }
    }

    private String leaksText() {
        String counts = UsageCounts.of(run.left()).text();
        String files = leakedFds == 0 ? "" : leakedFds + " file descriptors";
        return counts + (counts.isEmpty() || files.isEmpty() ? "" : ", ") + files;
    }

    JsonObject json() {
        return new JsonObject()
                .with("schema", 1)
                .with("platform", HeapJson.of(run.platform()))
                .with("workload", name)
                .with("seed", options.seed)
                .with("scale", options.scale)
                .with("disturbed", options.disturb)
                .with("ok", ok())
                .with("wanted", amount(footprint.buffers(), footprint.totalBytes()))
                .with("wantedPeak", amount(footprint.peakBuffers(), footprint.peakBytes()))
                .with("peak", amount(run.player().peakBuffers(), run.player().peakBytes()))
                .with("buffers", HeapJson.of(run.player().kinds()))
                .with("operations", TimingReport.json(run.player().bench().timings()))
                .with("memory", run.seen().map(PlayPictures.Seen::json))
                .with("content", HeapJson.of(contents()))
                .with(
                        "failures",
                        failures().stream()
                                .map(one -> new JsonObject()
                                        .with("code", one.code())
                                        .with("count", one.count())
                                        .with("first", one.first()))
                                .toList())
                .with("leaks", leaksJson());
    }

    private JsonObject leaksJson() {
        return UsageCounts.of(run.left()).json().with("fds", leakedFds);
    }

    static JsonObject amount(long buffers, long bytes) {
        return new JsonObject().with("buffers", buffers).with("bytes", bytes);
    }
}
