package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import io.dmaheap.MemoryMap;
import io.dmaheap.PlatformInfo;
import io.dmaheap.Usage;
import io.dmaheap.cli.output.JsonObject;
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

    String text() {
        var text = new StringBuilder();
        text.append(name).append(" on ").append(run.platform().name());
        text.append(": ").append(footprint.buffers()).append(" buffers, at most ");
        text.append(footprint.peakBuffers()).append(" with ").append(Sizes.text(footprint.peakBytes()));
        text.append(" at a time, seed ").append(options.seed).append('\n');
        run.player()
                .kinds()
                .counts()
                .forEach((kind, count) -> text.append("  ")
                        .append(count)
                        .append(" from ")
                        .append(BufferWords.of(kind.heap(), kind.descriptor(), kind.exporter()))
                        .append('\n'));
        text.append('\n')
                .append(TimingReport.text(run.player().bench().timings()))
                .append('\n');
        text.append("contents  ").append(contentsText()).append('\n');
        run.seen()
                .ifPresent(
                        seen -> text.append("memory    ").append(seen.words()).append('\n'));
        text.append("failures  ").append(failures().isEmpty() ? "none\n" : failuresText());
        text.append("leaks     ").append(leaked() ? leaksText() : "none").append('\n');
        return text.toString();
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

    private String failuresText() {
        var text = new StringBuilder();
        String indent = "";
        for (Failures.Count one : failures()) {
            text.append(indent)
                    .append(one.count())
                    .append(" x ")
                    .append(one.code())
                    .append(", first: ");
            text.append(one.first()).append('\n');
            indent = " ".repeat(10);
        }
        if (failures().stream().map(Failures.Count::code).anyMatch(TOO_LITTLE_MEMORY::contains)) {
            text.append("          This workload wants ").append(Sizes.text(footprint.peakBytes()));
            text.append(" at a time. Try --scale 0.25, or another heap with --heap (`dmaheap list` shows them).\n");
        }
        return text.toString();
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
