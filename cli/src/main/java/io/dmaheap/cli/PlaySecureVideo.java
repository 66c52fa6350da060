package io.dmaheap.cli;

import io.dmaheap.Choice;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
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

    int run() {
        int pictures = options.frames == null ? PICTURES : options.frames;
        long fdsBefore = BufferFds.count().orElse(0);
        try (Heaps heaps = invocation.open()) {
            String heapName;
            SecureVideo.Result result;
            try (Heap heap = heap(heaps)) {
                heapName = heap.name();
                result = new SecureVideo(heaps, heap, Optional.ofNullable(options.frame), pictures).play();
            }
            List<Proof> proofs = new ArrayList<>(result.proofs());
            Proof leaks = leaks(heaps.usage(), BufferFds.count().orElse(0) - fdsBefore);
            proofs.add(leaks);
            boolean ok = result.ok() && leaks.outcome() == Proof.Outcome.PROVEN;
            print(heaps, heapName, result, proofs, ok);
            return ok ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }

    private Heap heap(Heaps heaps) {
        Optional<String> named = options.heap().filter(name -> !name.equals("auto"));
        if (named.isPresent()) {
            return Invocation.find(heaps, named.get());
        }
        try (Choice choice = heaps.choose(Need.any().forUseCase(NAME))) {
            return choice.heap()
                    .orElseThrow(() -> HeapException.of(
                                    ErrorCode.HEAP_NOT_FOUND, "no heap here is protected for secure video")
                            .hint(choice.trace().stream()
                                    .map(one -> one.heap() + ": " + one.reason())
                                    .collect(Collectors.joining("; ")))
                            .build());
        }
    }

    private static Proof leaks(Usage left, long fds) {
        boolean none = left.equals(Usage.NONE) && fds == 0;
        return new Proof(
                "nothing leaks",
                none ? Proof.Outcome.PROVEN : Proof.Outcome.BROKEN,
                none ? "all counts are back at 0" : left + ", " + fds + " file descriptors");
    }

    private void print(Heaps heaps, String heap, SecureVideo.Result result, List<Proof> proofs, boolean ok) {
        if (invocation.json()) {
            invocation.print(HeapJson.result(heaps)
                    .with("workload", NAME)
                    .with("heap", heap)
                    .with("width", result.frame().width())
                    .with("height", result.frame().height())
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
        out.println(NAME + " on " + heap + " of " + heaps.platform().name() + ", pictures of " + result.frame());
        out.println();
        for (Proof one : proofs) {
            String word = HeapWords.word(one.outcome());
            out.println(word + " ".repeat(9 - word.length()) + one.what() + ": " + one.detail());
        }
    }
}
