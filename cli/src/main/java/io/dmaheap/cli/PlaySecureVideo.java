package io.dmaheap.cli;

import io.dmaheap.Choice;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.PlatformInfo;
import io.dmaheap.Usage;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.play.BufferFds;
import io.dmaheap.cli.secure.Proof;
import io.dmaheap.cli.secure.SecureVideo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code dmaheap play secure-video}: not measured like other workloads but proven. */
final class PlaySecureVideo {
    /** What it is called among the profiles. */
    static final String NAME = "secure-video";

    private static final int PICTURES = 30;

    private final Invocation invocation;
    private final PlayOptions options;

    PlaySecureVideo(Invocation invocation, PlayOptions options) {
        this.invocation = invocation;
        this.options = options;
    }

    /** What happened while the heaps were open. */
    private record Run(PlatformInfo platform, String heap, SecureVideo.Result result, Usage left) {}

    int run() {
        long fdsBefore = BufferFds.count().orElse(0);
        Run run;
        try (Heaps heaps = invocation.openToAllocate()) {
            run = play(heaps);
        }
        // Only now: a heap of the kernel keeps its node open for the next buffer.
        Proof leaks = leaks(run.left(), BufferFds.count().orElse(0) - fdsBefore);
        List<Proof> proofs = new ArrayList<>(run.result().proofs());
        proofs.add(leaks);
        boolean ok = run.result().ok() && leaks.outcome() == Proof.Outcome.PROVEN;
        print(run, proofs, ok);
        return ok ? ExitStatus.OK : ExitStatus.PROBLEM;
    }

    private Run play(Heaps heaps) {
        int pictures = options.frames == null ? PICTURES : options.frames;
        String name;
        SecureVideo.Result result;
        try (Heap heap = heap(heaps)) {
            name = heap.name();
            result = new SecureVideo(heaps, heap, Optional.ofNullable(options.frame), pictures).play();
        }
        return new Run(heaps.platform(), name, result, heaps.usage());
    }

    private Heap heap(Heaps heaps) {
        Optional<String> named = options.heap().filter(name -> !name.equals("auto"));
        if (named.isPresent()) {
            return Invocation.find(heaps, named.get());
        }
        try (Choice choice = heaps.choose(Need.any().forUseCase(NAME))) {
            if (choice.best().isEmpty()) {
                throw HeapException.of(ErrorCode.HEAP_NOT_FOUND, "no heap here is protected for secure video")
                        .hint(choice.trace().stream()
                                .map(one -> one.heap() + ": " + one.reason())
                                .collect(Collectors.joining("; ")))
                        .build();
            }
            return choice.open();
        }
    }

    private static Proof leaks(Usage left, long fds) {
        boolean none = left.equals(Usage.NONE) && fds == 0;
        return new Proof(
                "nothing leaks",
                none ? Proof.Outcome.PROVEN : Proof.Outcome.BROKEN,
                none ? "all counts are back at 0" : UsageCounts.of(left).text() + "; file descriptors " + fds);
    }

    private void print(Run run, List<Proof> proofs, boolean ok) {
        var frame = run.result().frame();
        if (invocation.json()) {
            invocation.print(new JsonObject()
                    .with("schema", 1)
                    .with("platform", HeapJson.of(run.platform()))
                    .with("workload", NAME)
                    .with("heap", run.heap())
                    .with("width", frame.width())
                    .with("height", frame.height())
                    .with("ok", ok)
                    .with(
                            "proofs",
                            proofs.stream()
                                    .map(one -> new JsonObject()
                                            .with("what", one.what())
                                            .with("outcome", one.outcome())
                                            .with("detail", one.detail()))
                                    .toList()));
            return;
        }
        var out = invocation.out();
        out.paragraph(NAME + " on " + run.heap() + " of " + run.platform().name() + ", pictures of " + frame);
        out.line();
        for (Proof one : proofs) {
            String word = HeapWords.word(one.outcome());
            out.paragraph(word + " ".repeat(9 - word.length()) + one.what() + ": " + one.detail(), 9);
        }
    }
}
