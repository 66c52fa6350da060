package io.dmaheap.cli;

import io.dmaheap.Choice;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.cli.play.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where the buffers of a workload come from: the heap of the command line, else that of the trace, else one chosen by need. */
final class PlaySources implements Function<Optional<String>, Source>, AutoCloseable {
    private static final String AUTO = "auto";

    private final Heaps heaps;
    private final Optional<String> wanted;
    private final Choice choice;
    private final Map<String, Heap> named = new HashMap<>();

    /** Takes a reference to each heap that may be used, those that the workload names among them; fails if one is missing. */
    PlaySources(Heaps heaps, Optional<String> heap, Need need, Set<String> namedByWorkload) {
        this.heaps = heaps;
        this.wanted = heap.filter(name -> !name.equals(AUTO));
        this.choice = heaps.choose(need);
        try {
            wanted.ifPresentOrElse(this::named, () -> {
                checkChoice(need.size());
                namedByWorkload.forEach(this::named);
            });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void checkChoice(long largest) {
        if (choice.trace().stream().noneMatch(one -> one.verdict() == Choice.Verdict.TAKEN)) {
            String reasons = choice.trace().stream()
                    .map(one -> one.heap() + ": " + one.reason())
                    .collect(Collectors.joining("; "));
            boolean tooLarge =
                    heaps.heaps().stream().anyMatch(heap -> heap.total().orElse(Long.MAX_VALUE) < largest);
            throw HeapException.of(ErrorCode.HEAP_NOT_FOUND, "no heap here meets the need of this workload")
                    .hint((reasons.isEmpty() ? "There is no heap at all: dmaheap doctor says why" : reasons)
                            + (tooLarge ? ". Try a smaller --scale" : ""))
                    .build();
        }
    }

    /** The heap that most buffers will come from, if there is one. */
    Optional<String> heap() {
        return wanted.map(this::named)
                .map(Heap::name)
                .or(() -> choice.trace().stream()
                        .filter(one -> one.verdict() == Choice.Verdict.TAKEN)
                        .map(Choice.Candidate::heap)
                        .findFirst());
    }

    @Override
    public Source apply(Optional<String> heap) {
        return wanted.or(() -> heap).<Source>map(name -> named(name)::allocate).orElse(choice::allocate);
    }

    private Heap named(String name) {
        return named.computeIfAbsent(name, key -> Invocation.find(heaps, key));
    }

    @Override
    public void close() {
        named.values().forEach(Heap::close);
        choice.close();
    }
}
